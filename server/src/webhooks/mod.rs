//! Events from Stripe: verified on the raw bytes, stored whole, applied in one transaction.

mod event;
mod receive;

use domain::CheckoutNews;
use sea_orm::DatabaseTransaction;

use crate::services::checkout::told::{self, Applied, Source};
use event::Event;
pub use receive::receive;

/// Applies an event of a kind that we listen to (Stripe, "Types of events").
async fn dispatch(
    tx: &DatabaseTransaction,
    source: Source,
    event: Event,
) -> anyhow::Result<Applied> {
    let kind = event.kind().to_owned();
    let session = event.into_session();
    let status = session
        .as_ref()
        .and_then(|session| session.payment_status.as_deref());
    let news = match kind.as_str() {
        "checkout.session.completed" => CheckoutNews::of_completed(status),
        "checkout.session.async_payment_succeeded" => CheckoutNews::AsyncSucceeded,
        "checkout.session.async_payment_failed" => CheckoutNews::AsyncFailed,
        "checkout.session.expired" => CheckoutNews::Expired,
        other => return Ok(Applied::nothing(format!("{other} is of no interest here"))),
    };
    match session {
        Some(session) => told::apply(tx, source, &session, news).await,
        None => Ok(Applied::nothing("no Checkout session in it")),
    }
}
