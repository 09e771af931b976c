//! Events from Stripe. The caller verifies the signature on the raw bytes; here each event is
//! stored whole and applied in one transaction.

mod take;
mod unmatched;

use domain::{credit::event_is_of_mode, purchase::CheckoutEvent};
use sea_orm::DatabaseTransaction;
use stripe_gateway::Event;

use crate::{
    Engine, memberships,
    purchases::{
        applied::{Applied, Source},
        checkout::apply,
    },
    refunds,
};
pub use take::{Taken, take};
pub use unmatched::{Payment, WAITS_FOR, apply_again, apply_waiting, payment_in};

/// Applies an event if we handle its kind.
async fn dispatch(
    engine: &Engine,
    tx: &DatabaseTransaction,
    source: Source,
    event: &Event,
) -> anyhow::Result<Applied> {
    if !event_is_of_mode(event.livemode, source.mode) {
        // A second delivery would be the same, so Stripe need not repeat it.
        return Ok(Applied::nothing(format!(
            "a {}-mode event for a {}-mode account: nothing was changed",
            source.mode.other().code(),
            source.mode.code()
        )));
    }
    let kind = event.kind();
    if let Some(refund) = &event.refund {
        return refunds::refund_event(tx, source, refund).await;
    }
    if let Some(dispute) = &event.dispute {
        return refunds::dispute(tx, source, dispute).await;
    }
    if let Some(charge) = &event.charge {
        return refunds::charge(tx, source, charge).await;
    }
    if let Some(subscription) = &event.subscription {
        return memberships::apply(tx, source, subscription).await;
    }
    let status = event
        .session
        .as_ref()
        .and_then(|session| session.payment_status.as_deref());
    let Some(checkout_event) = CheckoutEvent::of_event(kind, status) else {
        return Ok(Applied::nothing(format!("{kind} is not handled")));
    };
    match &event.session {
        Some(session) => apply::apply(engine, tx, source, session, checkout_event).await,
        None => Ok(Applied::nothing("no Checkout session in it")),
    }
}
