//! Whether this process can do its work: its own database, its shape, and its worker. What goes wrong
//! with one tenant's Stripe account is no part of it.

use std::sync::PoisonError;
use store::Timestamp;

use time::Duration;

use store::location::Standing;
use tokio::time::timeout;

use self::kept::{Found, SILENCE};
use crate::{Engine, migrate};

mod kept;

pub use self::kept::Readiness;

/// Why a process serves pages alone.
pub const ELSEWHERE: &str = "the database is not where it was last served, so jobs, webhooks and all \
    calls to Stripe are off: run `server detach` if it is a copy, or start with `serve --moved` if it \
    was moved or restored and no other process serves it";

/// How long an answer holds, whoever asks.
const HOLDS: Duration = Duration::seconds(10);
/// How long the database may take for all of it.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// Why it cannot, in sentences for an operator; none: it can. After a write that SQLite gave up
/// it cannot until one works again.
pub async fn reasons(state: &Engine) -> Vec<String> {
    // In a task of its own: its answer is kept for the next one, also when this one hangs up.
    let state = state.clone();
    let found = tokio::spawn(async move { found(&state).await }).await;
    found.unwrap_or_else(|ended| {
        tracing::error!("not ready: the check broke off: {ended}");
        vec!["the check broke off".to_owned()]
    })
}

async fn found(state: &Engine) -> Vec<String> {
    let mut last = state.readiness.0.last.lock().await;
    let (now, given_up) = (state.now(), state.db.given_up());
    let held = last
        .take()
        .filter(|found| (Duration::ZERO..HOLDS).contains(&(now - found.at)));
    let found = match held {
        Some(found) if found.given_up == given_up => found,
        Some(found) => Found {
            given_up,
            reasons: vec!["a write to the database failed".to_owned()],
            ..found
        },
        None => Found {
            at: now,
            given_up,
            reasons: look(state, now).await,
        },
    };
    last.insert(found).reasons.clone()
}

async fn look(state: &Engine, now: Timestamp) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Standing::Elsewhere { .. } = state.standing {
        reasons.push(ELSEWHERE.to_owned());
    }
    match timeout(PATIENCE, ask(state, now)).await {
        Ok(Ok(found)) => reasons.extend(found),
        Ok(Err(error)) => {
            tracing::error!("not ready: the database cannot be read and written: {error:#}");
            reasons.push("the database cannot be read and written".to_owned());
        }
        Err(_) => {
            tracing::error!("not ready: the database does not answer");
            reasons.push(format!("the database does not answer within {PATIENCE:?}"));
        }
    }
    reasons
}

async fn ask(state: &Engine, now: Timestamp) -> anyhow::Result<Option<String>> {
    if !migrate::is_migrated(&state.db).await? {
        return Ok(Some(migrate::NOT_MIGRATED.to_owned()));
    }
    state.db.write_and_read(now).await?;
    let worker = state
        .readiness
        .0
        .worker
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let Some(worker) = worker else {
        return Ok(None);
    };
    let silence = state.queue.seconds_since_heartbeat(&worker.name).await?;
    let silence = silence.unwrap_or((now - worker.silent_since).whole_seconds());
    let silent = silence > SILENCE.whole_seconds();
    Ok(silent.then(|| format!("the worker has said nothing for {silence} s")))
}
