//! What a row of `checkout_sessions` says: what was asked for, how old it is, when to ask again.

use anyhow::Context;
use domain::purchase::{Awaited, next_check};
use store::Timestamp;
use store::entities::checkout_session;
use stripe_gateway::NewCheckout;
use time::Duration;

use crate::Engine;

/// What Stripe was asked for; `None` in rows older than the table.
///
/// # Errors
/// If the row says something else.
pub fn asked_for(row: &checkout_session::Model) -> anyhow::Result<Option<NewCheckout>> {
    let read = |request| serde_json::from_str(request);
    let request = row.request.as_deref().map(read).transpose();
    request.with_context(|| format!("checkout_sessions {}: request", row.id))
}

/// How old the session is at least: Stripe made it when it was last asked to, or before. A clock that was
/// set back makes it no younger than new.
pub fn age_of(state: &Engine, row: &checkout_session::Model) -> Duration {
    (state.now() - row.last_sent_at()).max(Duration::ZERO)
}

/// When Stripe is asked next about a session that was last sent at `last_sent_at`; `None`: no
/// more.
pub fn next_check_at(
    last_sent_at: Timestamp,
    now: Timestamp,
    awaited: Awaited,
) -> Option<Timestamp> {
    // A clock that was set back makes no session younger than new.
    let age = (now - last_sent_at).max(Duration::ZERO);
    next_check(age, awaited).map(|wait| now + wait)
}
