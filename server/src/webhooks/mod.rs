//! Events from Stripe: verified on the raw bytes, stored whole, applied in one transaction.

mod async_payment_failed;
mod async_payment_succeeded;
mod checkout_completed;
mod checkout_expired;
mod checkout_session;
mod event;
mod platform_session;
mod receive;

use sea_orm::DatabaseTransaction;

use crate::jobs::Job;
use event::Event;
pub use receive::receive;

/// What became of an event.
pub struct Handled {
    /// In a sentence, for the event's row.
    outcome: String,
    /// What is to be done, written in the same transaction.
    job: Option<Job>,
}

impl Handled {
    fn nothing(outcome: impl Into<String>) -> Self {
        Self {
            outcome: outcome.into(),
            job: None,
        }
    }
}

/// Where an event came to, and when.
#[derive(Clone, Copy)]
pub struct Arrival {
    /// Our id of the Stripe account.
    pub stripe_account_id: i64,
    /// The platform's own account; no other's events ever sell a subscription.
    pub platform: bool,
    /// Milliseconds, UTC.
    pub now_ms: i64,
}

async fn dispatch(
    tx: &DatabaseTransaction,
    arrival: Arrival,
    event: &Event,
) -> anyhow::Result<Handled> {
    match event.kind() {
        "checkout.session.completed" => checkout_completed::handle(tx, arrival, event).await,
        "checkout.session.async_payment_succeeded" => {
            async_payment_succeeded::handle(tx, arrival, event).await
        }
        "checkout.session.async_payment_failed" => {
            async_payment_failed::handle(tx, arrival, event).await
        }
        "checkout.session.expired" => checkout_expired::handle(tx, arrival, event).await,
        other => Ok(Handled::nothing(format!("{other} is of no interest here"))),
    }
}
