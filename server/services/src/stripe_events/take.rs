//! Takes an event: stores its row and applies it in one transaction.

use domain::purchase::CheckoutEvent;
use sha2::{Digest, Sha256};
use store::{
    stripe_accounts::{self, StripeAccount},
    stripe_events::{self, NewEvent},
};
use stripe_gateway::Event;

use super::{dispatch, unmatched::WAITS_FOR};
use crate::{Engine, purchases::applied::Source};

/// The result of taking an event.
pub struct Taken {
    /// One sentence, for Stripe's list of deliveries.
    pub outcome: String,
    /// The payment is ours but is not found here yet: Stripe should deliver the event again.
    pub waits: bool,
}

/// Stores and applies an event of `account` whose signature was verified.
///
/// # Errors
/// If the database fails. Then nothing is stored.
pub async fn take(engine: &Engine, account: &StripeAccount, body: &[u8]) -> anyhow::Result<Taken> {
    // PostgreSQL text cannot hold NUL. JSON writes a NUL as \u0000, so nothing authentic is lost.
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
        now: engine.now(),
    };
    let tx = engine.db.begin().await?;
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
    // Whatever became of that payment, events about payments arrive.
    let tells_of_payments =
        CheckoutEvent::of_event(event.kind(), None).is_some_and(CheckoutEvent::may_be_paid);
    let applied = dispatch(&tx, source, event).await?;
    if tells_of_payments && account.notes.unannounced_at.is_some() {
        stripe_accounts::note_announced(&tx, account.id).await?;
    }
    let since = applied.unmatched.then(|| since.unwrap_or(source.now));
    let (outcome, job) = (&applied.outcome, &applied.job);
    stripe_events::set_outcome(&tx, account.id, &event_id, outcome, since).await?;
    if let Some(job) = job {
        engine.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    if let Some(scope) = applied.changed {
        engine.console_changed(scope);
    }
    if job.is_some() {
        engine.queue.wake_workers();
    }
    Ok(Taken {
        outcome: applied.outcome,
        waits: since.is_some_and(|since| source.now - since < WAITS_FOR),
    })
}
