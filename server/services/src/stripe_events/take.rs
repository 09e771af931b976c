//! Takes an event: stores its row and applies it in one transaction.

use domain::purchase::CheckoutEvent;
use sea_orm::DatabaseTransaction;
use sha2::{Digest, Sha256};
use store::{
    Timestamp,
    stripe_accounts::{self, StripeAccount},
    stripe_events::{self, NewEvent},
};
use stripe_gateway::Event;

use super::{dispatch, unmatched::WAITS_FOR};
use crate::{
    Engine,
    purchases::applied::{Applied, Source},
};

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
    let received_at = engine.now();
    let tx = engine.db.begin().await?;
    let applied = apply(engine, &tx, account, &event, received_at).await?;
    let unmatched_since = applied.unmatched.then_some(received_at);
    // Written last, with its outcome: the row is the largest of the transaction, and an update
    // would write it twice.
    let row = NewEvent {
        stripe_account_id: account.id,
        event_id: &event_id,
        kind: event.kind(),
        body: &body,
        livemode: event.livemode,
        received_at,
        outcome: &applied.outcome,
        unmatched_since,
    };
    if !stripe_events::insert_new(&tx, &row).await? {
        tx.rollback().await?;
        return take_again(engine, account, &event, &event_id).await;
    }
    finish(engine, tx, applied, unmatched_since).await
}

/// Applies an event that was stored before, if it still waits for its payment.
async fn take_again(
    engine: &Engine,
    account: &StripeAccount,
    event: &Event,
    event_id: &str,
) -> anyhow::Result<Taken> {
    let tx = engine.db.begin().await?;
    let Some(since) = stripe_events::lock_unmatched(&tx, account.id, event_id).await? else {
        return Ok(Taken {
            outcome: "seen before".to_owned(),
            waits: false,
        });
    };
    let applied = apply(engine, &tx, account, event, engine.now()).await?;
    let unmatched_since = applied.unmatched.then_some(since);
    let outcome = &applied.outcome;
    stripe_events::set_outcome(&tx, account.id, event_id, outcome, unmatched_since).await?;
    finish(engine, tx, applied, unmatched_since).await
}

async fn apply(
    engine: &Engine,
    tx: &DatabaseTransaction,
    account: &StripeAccount,
    event: &Event,
    now: Timestamp,
) -> anyhow::Result<Applied> {
    let source = Source {
        stripe_account_id: account.id,
        platform: account.platform,
        mode: account.mode(),
        now,
    };
    let applied = dispatch(engine, tx, source, event).await?;
    // Whatever became of that payment, events about payments arrive.
    let tells_of_payments =
        CheckoutEvent::of_event(event.kind(), None).is_some_and(CheckoutEvent::may_be_paid);
    if tells_of_payments && account.notes.unannounced_at.is_some() {
        stripe_accounts::note_announced(tx, account.id).await?;
    }
    Ok(applied)
}

/// Commits what the event changed, with its job.
async fn finish(
    engine: &Engine,
    tx: DatabaseTransaction,
    mut applied: Applied,
    unmatched_since: Option<Timestamp>,
) -> anyhow::Result<Taken> {
    if let Some(job) = &applied.job {
        engine.queue.enqueue(&tx, job).await?;
    }
    applied.follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    applied.announce(engine).await;
    Ok(Taken {
        outcome: applied.outcome,
        waits: unmatched_since.is_some_and(|since| engine.now() - since < WAITS_FOR),
    })
}
