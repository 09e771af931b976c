//! `checkout.session.completed`: paid, or on its way.

use domain::CheckoutNews;
use sea_orm::DatabaseTransaction;

use super::{Arrival, Event, Handled, checkout_session};

pub async fn handle(
    tx: &DatabaseTransaction,
    arrival: Arrival,
    event: &Event,
) -> anyhow::Result<Handled> {
    let status = event
        .session()
        .and_then(|session| session.payment_status.as_deref());
    let news = CheckoutNews::of_completed(status);
    checkout_session::apply(tx, arrival, event, news).await
}
