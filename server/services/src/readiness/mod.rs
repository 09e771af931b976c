//! Checks whether this process can work: the database, its migrations, and the worker. Problems
//! with one tenant's Stripe account do not count.

use std::sync::PoisonError;

use store::{Timestamp, location::Standing};
use time::Duration;
use tokio::time::timeout;

use self::kept::{Found, SILENCE};
use crate::{Engine, migrate};

mod kept;

pub use self::kept::Readiness;

/// Why a process serves only pages.
pub const ELSEWHERE: &str = "this database was moved or copied, so jobs, webhooks and calls to Stripe \
    are off. If it is a copy, run `server detach`. If it was moved or restored, and no other \
    process serves it, start `serve --moved`";

/// How long a result is reused for all requests.
const HOLDS: Duration = Duration::seconds(10);
/// How long the database may take for the whole check.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// The reasons why this process cannot work, as sentences for an operator; empty if it can. After
/// SQLite rolled back a write by itself, the process is not ready until a write succeeds again.
pub async fn reasons(engine: &Engine) -> Vec<String> {
    // The check runs in a task of its own, so that its result is stored even if this request is
    // dropped.
    let engine = engine.clone();
    let found = tokio::spawn(async move { found(&engine).await }).await;
    found.unwrap_or_else(|ended| {
        tracing::error!("not ready: the check did not finish: {ended}");
        vec!["the check did not finish".to_owned()]
    })
}

async fn found(engine: &Engine) -> Vec<String> {
    let mut last = engine.readiness.0.last.lock().await;
    let (now, given_up) = (engine.now(), engine.db.given_up());
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
            reasons: look(engine, now).await,
        },
    };
    last.insert(found).reasons.clone()
}

async fn look(engine: &Engine, now: Timestamp) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Standing::Elsewhere { .. } = engine.standing {
        reasons.push(ELSEWHERE.to_owned());
    }
    match timeout(PATIENCE, ask(engine, now)).await {
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

async fn ask(engine: &Engine, now: Timestamp) -> anyhow::Result<Option<String>> {
    if !migrate::is_migrated(&engine.db).await? {
        return Ok(Some(migrate::NOT_MIGRATED.to_owned()));
    }
    engine.db.write_and_read(now).await?;
    let worker = engine
        .readiness
        .0
        .worker
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let Some(worker) = worker else {
        return Ok(None);
    };
    let silence = engine.queue.seconds_since_heartbeat(&worker.name).await?;
    let silence = silence.unwrap_or((now - worker.silent_since).whole_seconds());
    let silent = silence > SILENCE.whole_seconds();
    Ok(silent.then(|| format!("no heartbeat from the worker for {silence} s")))
}
