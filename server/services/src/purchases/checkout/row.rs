//! Reads a row of `checkout_sessions`: the request, the age of the session, and the time of the
//! next check.

use anyhow::Context;
use domain::purchase::{Awaited, next_check};
use store::{Timestamp, entities::checkout_session};
use stripe_gateway::NewCheckout;
use time::Duration;

use crate::Engine;

/// The request that was sent to Stripe; `None` in rows that the migration copied from purchases
/// older than the table, and in sessions that ended longer ago than `RETENTION_DAYS`.
///
/// # Errors
/// If the stored request cannot be read.
pub fn asked_for(row: &checkout_session::Model) -> anyhow::Result<Option<NewCheckout>> {
    let read = |request| serde_json::from_str(request);
    let request = row.request.as_deref().map(read).transpose();
    request.with_context(|| format!("checkout_sessions {}: request", row.id))
}

/// The minimum age of the session: Stripe created it when it was last asked to, or earlier. If the
/// clock was set back since, the age is zero.
pub fn age_of(engine: &Engine, row: &checkout_session::Model) -> Duration {
    (engine.now() - row.last_sent_at()).max(Duration::ZERO)
}

/// When to ask Stripe next about a session that was last requested at `last_sent_at`; `None`: never
/// again.
pub fn next_check_at(
    last_sent_at: Timestamp,
    now: Timestamp,
    awaited: Awaited,
) -> Option<Timestamp> {
    // If the clock was set back since, the age is zero.
    let age = (now - last_sent_at).max(Duration::ZERO);
    next_check(age, awaited).map(|wait| now + wait)
}
