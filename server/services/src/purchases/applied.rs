//! What Stripe says of a payment, and what became of it here.

use domain::{
    purchase::{Awaited, PurchaseState, SessionState},
    stripe_keys::StripeMode,
};
use sea_orm::DatabaseTransaction;
use store::StripeAccountId;
use store::Timestamp;
use store::{checkout_sessions, entities::checkout_session};
use stripe_gateway::CheckoutSession;

use super::checkout::row::next_check_at;
use crate::queue::Job;

/// Where it was heard, and when.
#[derive(Clone, Copy)]
pub struct Source {
    /// Our id of the Stripe account.
    pub stripe_account_id: StripeAccountId,
    /// The platform's own account; no other's sessions ever sell a subscription to a brand.
    pub platform: bool,
    /// Test or live, as the account is.
    pub mode: StripeMode,
    /// Milliseconds, UTC.
    pub now: Timestamp,
}

/// What became of it.
pub struct Applied {
    /// In a sentence, for the event's row.
    pub outcome: String,
    /// What is to be done once the transaction is committed.
    pub job: Option<Job>,
    /// It is about a payment of ours that is not found here: an event is kept, and applied anew until it
    /// is.
    pub unmatched: bool,
}

impl Applied {
    /// Nothing was changed.
    pub fn nothing(outcome: impl Into<String>) -> Self {
        Self {
            outcome: outcome.into(),
            job: None,
            unmatched: false,
        }
    }

    /// It is about a payment of ours that is not found here.
    pub fn unmatched(outcome: impl Into<String>) -> Self {
        Self {
            unmatched: true,
            ..Self::nothing(outcome)
        }
    }
}

/// The session is over for its buyer. A slow payment is asked after until it ends.
pub async fn close(
    tx: &DatabaseTransaction,
    source: Source,
    row: &checkout_session::Model,
    session: &CheckoutSession,
    after: PurchaseState,
) -> anyhow::Result<()> {
    let state = match after {
        PurchaseState::Open => *row.state,
        PurchaseState::Expired | PurchaseState::Failed => SessionState::Expired,
        PurchaseState::Processing | PurchaseState::Paid => SessionState::Complete,
    };
    let next = match after {
        PurchaseState::Open => row.next_check_at,
        PurchaseState::Processing => {
            next_check_at(row.last_sent_at(), source.now, Awaited::Payment)
        }
        PurchaseState::Expired | PurchaseState::Paid | PurchaseState::Failed => None,
    };
    checkout_sessions::set_over(tx, row.id, &session.id, state, next).await?;
    Ok(())
}
