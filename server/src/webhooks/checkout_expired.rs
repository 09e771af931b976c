//! `checkout.session.expired`: nobody paid in time.

use domain::CheckoutNews;
use sea_orm::DatabaseTransaction;

use super::{Arrival, Event, Handled, checkout_session};

pub async fn handle(
    tx: &DatabaseTransaction,
    arrival: Arrival,
    event: &Event,
) -> anyhow::Result<Handled> {
    checkout_session::apply(tx, arrival, event, CheckoutNews::Expired).await
}
