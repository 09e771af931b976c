//! The input and the result of applying a Checkout event or a retrieved session to a purchase.

use domain::{
    purchase::{Awaited, PurchaseState, SessionState},
    stripe_keys::StripeMode,
};
use sea_orm::DatabaseTransaction;
use store::{Scope, StripeAccountId, Timestamp, checkout_sessions, entities::checkout_session};
use stripe_gateway::CheckoutSession;

use super::checkout::row::next_check_at;
use crate::{
    Engine,
    queue::{FollowUps, Job},
};

/// Where and when Stripe's statement was received.
#[derive(Clone, Copy)]
pub struct Source {
    pub stripe_account_id: StripeAccountId,
    /// The account is the platform's own. Only its sessions sell subscriptions to a brand.
    pub platform: bool,
    /// The mode of the account.
    pub mode: StripeMode,
    /// When it was received.
    pub now: Timestamp,
}

/// The outcome of a payment whose amount or currency Stripe does not name.
pub const UNREADABLE_AMOUNT: &str = "paid, with an amount that cannot be read";

/// The result of applying it.
pub struct Applied {
    /// One sentence, for the row in `stripe_events`.
    pub outcome: String,
    /// The job to enqueue in the same transaction.
    pub job: Option<Job>,
    /// What follows from it besides: `enqueue` them in the same transaction.
    pub follow_ups: FollowUps,
    /// The payment is ours but is not found in this database. The event is kept, and applied again
    /// until the payment is found.
    pub unmatched: bool,
    /// A purchase became paid by it.
    pub newly_paid: bool,
    /// Whose orders changed.
    pub changed: Option<Scope>,
}

impl Applied {
    /// Tells open consoles what changed, and workers that there are jobs: this one, or a receipt's
    /// mail. Call it after the commit.
    pub async fn announce(&mut self, engine: &Engine) {
        if let Some(scope) = self.changed {
            engine.console_changed(scope);
        }
        if self.job.is_some() || self.newly_paid || !self.follow_ups.is_empty() {
            engine.queue.wake_workers();
        }
        std::mem::take(&mut self.follow_ups).wake(engine).await;
    }

    pub fn nothing(outcome: impl Into<String>) -> Self {
        Self {
            outcome: outcome.into(),
            job: None,
            follow_ups: FollowUps::default(),
            unmatched: false,
            newly_paid: false,
            changed: None,
        }
    }

    /// Nothing was changed: the payment is ours but is not found in this database.
    pub fn unmatched(outcome: impl Into<String>) -> Self {
        Self {
            unmatched: true,
            ..Self::nothing(outcome)
        }
    }
}

/// Records that the buyer can no longer pay in this session. A delayed payment is checked until it
/// succeeds or fails.
pub async fn close(
    tx: &DatabaseTransaction,
    source: Source,
    row: &checkout_session::Model,
    session: &CheckoutSession,
    after: PurchaseState,
) -> anyhow::Result<()> {
    let state = match after {
        PurchaseState::Open => *row.state,
        PurchaseState::Expired | PurchaseState::Failed | PurchaseState::Undone => {
            SessionState::Expired
        }
        PurchaseState::Processing | PurchaseState::Paid => SessionState::Complete,
    };
    let next = match after {
        PurchaseState::Open => row.next_check_at,
        PurchaseState::Processing => {
            next_check_at(row.last_sent_at(), source.now, Awaited::Payment)
        }
        PurchaseState::Expired
        | PurchaseState::Paid
        | PurchaseState::Failed
        | PurchaseState::Undone => None,
    };
    checkout_sessions::set_over(tx, row.id, &session.id, state, next).await?;
    Ok(())
}
