//! Taking an event: one transaction from its row to what it changes.

use sha2::{Digest, Sha256};
use store::{
    stripe_accounts::StripeAccount,
    stripe_events::{self, NewEvent},
};
use stripe_gateway::Event;

use super::{dispatch, unmatched::WAITS_FOR};
use crate::{Engine, purchases::applied::Source};

/// What became of an event.
pub struct Taken {
    /// In a sentence, for Stripe's list of deliveries.
    pub outcome: String,
    /// It is about a payment of ours that is not found here yet: Stripe is to deliver it again.
    pub waits: bool,
}

/// Stores an event of `account` whose signature was verified, and applies it.
///
/// # Errors
/// If the database fails: nothing is stored then.
pub async fn take(state: &Engine, account: &StripeAccount, body: &[u8]) -> anyhow::Result<Taken> {
    // PostgreSQL text holds no NUL; a NUL in JSON is written \u0000, so nothing authentic is lost.
    let body = String::from_utf8_lossy(body).replace('\0', "\u{fffd}");
    let event = Event::read(&body);
    let event_id = event
        .id
        .clone()
        .unwrap_or_else(|| hex::encode(Sha256::digest(&body)));
    let source = Source {
        stripe_account_id: account.id,
        platform: account.platform,
        mode: account.mode(),
        now: state.now(),
    };
    let tx = state.db.begin().await?;
    let new = NewEvent {
        stripe_account_id: account.id,
        event_id: &event_id,
        kind: event.kind(),
        body: &body,
        livemode: event.livemode,
        received_at: source.now,
    };
    let since = match stripe_events::insert_new(&tx, &new).await? {
        true => None,
        false => match stripe_events::lock_unmatched(&tx, account.id, &event_id).await? {
            Some(since) => Some(since),
            None => {
                return Ok(Taken {
                    outcome: "seen before".to_owned(),
                    waits: false,
                });
            }
        },
    };
    let applied = dispatch(&tx, source, event).await?;
    let since = applied.unmatched.then(|| since.unwrap_or(source.now));
    let (outcome, job) = (&applied.outcome, &applied.job);
    stripe_events::set_outcome(&tx, account.id, &event_id, outcome, since).await?;
    if let Some(job) = job {
        state.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    if job.is_some() {
        state.queue.announce();
    }
    Ok(Taken {
        outcome: applied.outcome,
        waits: since.is_some_and(|since| source.now - since < WAITS_FOR),
    })
}
