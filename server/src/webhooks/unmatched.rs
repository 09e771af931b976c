//! Events about payments of ours that are not found here, as after a backup was put back: kept, and
//! applied anew at each delivery and by the sweep.

use time::Duration;

use super::{Event, dispatch};
use crate::{
    db::{stripe_accounts, stripe_events},
    services::checkout::told::Source,
    state::AppState,
};

/// How long Stripe is told to deliver such an event again. Stripe itself tries for up to three days
/// (Stripe, "Webhooks", automatic retries).
pub const WAITS_FOR: Duration = Duration::hours(72);

/// Events applied anew in one round.
const AT_ONCE: u64 = 100;

/// Applies every event that waits and came within [`WAITS_FOR`] once more.
///
/// # Errors
/// If the database fails; the next round does it.
pub async fn apply_again(state: &AppState) -> anyhow::Result<()> {
    let from = state.clock.now_ms() - millis(WAITS_FOR);
    for waiting in stripe_events::unmatched(state.db.conn(), from, AT_ONCE).await? {
        one(state, waiting.stripe_account_id, &waiting.event_id).await?;
    }
    Ok(())
}

async fn one(state: &AppState, account_id: i64, event_id: &str) -> anyhow::Result<()> {
    let tx = state.db.begin().await?;
    let Some(account) = stripe_accounts::row(&tx, account_id).await? else {
        return Ok(());
    };
    let Some(since) = stripe_events::lock_unmatched(&tx, account_id, event_id).await? else {
        return Ok(());
    };
    let Some(stored) = stripe_events::one(&tx, account_id, event_id).await? else {
        return Ok(());
    };
    let source = Source {
        stripe_account_id: account.id,
        platform: account.platform,
        mode: domain::StripeMode::of_livemode(account.livemode),
        now_ms: state.clock.now_ms(),
    };
    let applied = dispatch(&tx, source, Event::read(&stored.body)).await?;
    if applied.unmatched {
        return Ok(());
    }
    stripe_events::set_outcome(&tx, account_id, event_id, &applied.outcome, None).await?;
    tracing::info!(
        event = event_id,
        waited_ms = source.now_ms - since,
        "a Stripe event found its payment"
    );
    if let Some(job) = &applied.job {
        state.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    if applied.job.is_some() {
        state.queue.announce();
    }
    Ok(())
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.whole_milliseconds()).unwrap_or(i64::MAX)
}
