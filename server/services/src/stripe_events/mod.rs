//! Events from Stripe. The caller verifies the signature on the raw bytes; here each event is
//! stored whole and applied in one transaction.

mod take;
mod unmatched;

use domain::{credit::event_is_of_mode, purchase::CheckoutEvent};
use sea_orm::DatabaseTransaction;
use stripe_gateway::Event;

use crate::purchases::{
    applied::{Applied, Source},
    checkout::apply,
};
pub use take::{Taken, take};
pub use unmatched::{Payment, WAITS_FOR, apply_again, apply_waiting, payment_in};

/// Whether an event of this type says that something was paid.
fn tells_a_payment(kind: &str) -> bool {
    matches!(
        kind,
        "checkout.session.completed" | "checkout.session.async_payment_succeeded"
    )
}

/// Applies an event if we handle its kind (Stripe, "Types of events").
async fn dispatch(
    tx: &DatabaseTransaction,
    source: Source,
    event: Event,
) -> anyhow::Result<Applied> {
    if !event_is_of_mode(event.livemode, source.mode) {
        // A second delivery would be the same, so Stripe need not repeat it.
        return Ok(Applied::nothing(format!(
            "a {}-mode event for a {}-mode account: nothing was changed",
            source.mode.other().code(),
            source.mode.code()
        )));
    }
    let kind = event.kind().to_owned();
    let session = event.into_session();
    let status = session
        .as_ref()
        .and_then(|session| session.payment_status.as_deref());
    let event = match kind.as_str() {
        "checkout.session.completed" => CheckoutEvent::of_completed(status),
        "checkout.session.async_payment_succeeded" => CheckoutEvent::AsyncSucceeded,
        "checkout.session.async_payment_failed" => CheckoutEvent::AsyncFailed,
        "checkout.session.expired" => CheckoutEvent::Expired,
        other => return Ok(Applied::nothing(format!("{other} is not handled"))),
    };
    match session {
        Some(session) => apply::apply(tx, source, &session, event).await,
        None => Ok(Applied::nothing("no Checkout session in it")),
    }
}
