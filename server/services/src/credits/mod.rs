//! Credits: from a purchase that counts to an entry on the referrer's Stripe balance, once.
//!
//! `decide` writes the ledger row, `issue` takes it to Stripe. Either can be cut off at any line
//! and run again: the row tells how far it came, its key keeps Stripe from doing it twice.

mod decide;
mod going_on;
mod post;
mod referral;
mod retry;
mod settle;

use domain::{
    credit::{Fault, MAX_ATTEMPTS},
    referral::FailureReason,
};
use store::CreditId;
use store::credits;
use time::Duration;

use super::stripe_customers::StepError;
use crate::Engine;

pub use decide::{Paid, decide};
pub use going_on::go_on;
pub use retry::{Retry, retry};

/// How long a job may be at a credit before another may take it: several calls to Stripe, each
/// within its time-out. A job that comes back later than that writes nothing more.
pub const LEASE: Duration = Duration::minutes(3);

/// What became of an attempt to issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issued {
    /// Stripe has it, and everybody was told.
    Credited,
    /// It was not due, or another job is at it.
    NothingToDo,
    /// A passing fault, or too early; again after this time.
    Retry(Duration),
    /// Given up.
    Failed(FailureReason),
}

/// Why an attempt did not get to its end.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    /// Stripe, before the balance transaction was sent in this attempt.
    #[error("before posting: {0:?}")]
    Before(Fault),
    /// Stripe, in answer to the balance transaction.
    #[error("posting: {0:?}")]
    Posting(Fault),
    /// Nothing was sent: what was sent before may be under way for so long.
    #[error("too early by {0}")]
    Early(Duration),
    /// The lease ran out and another job is at it.
    #[error("another job is at it")]
    Overtaken,
    /// Our side: the credit stays due.
    #[error(transparent)]
    Ours(#[from] anyhow::Error),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Before(fault)
    }
}

impl From<sea_orm::DbErr> for Stopped {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Ours(error.into())
    }
}

/// Takes a due credit to Stripe.
///
/// # Errors
/// If something breaks on our side; the credit stays due, and the sweep finds it.
pub async fn issue(state: &Engine, credit_id: CreditId) -> anyhow::Result<Issued> {
    let claimed = credits::claim(state.db.writer(), credit_id, state.now(), LEASE).await?;
    let Some(credit) = claimed else {
        return Ok(Issued::NothingToDo);
    };
    match post::post(state, &credit).await {
        Ok(posted) => settle::finish(state, &credit, &posted).await,
        Err(Stopped::Before(fault)) => settle::give_way(state, &credit, &fault, false).await,
        Err(Stopped::Posting(fault)) => settle::give_way(state, &credit, &fault, true).await,
        Err(Stopped::Early(left)) => settle::put_off(state, &credit, left).await,
        Err(Stopped::Overtaken) => Ok(Issued::NothingToDo),
        Err(Stopped::Ours(error)) => Err(error),
    }
}

/// Ends a due credit as if Stripe had answered none of its attempts: a failure that an admin may have
/// tried again, and that does not go on by itself.
///
/// # Errors
/// If something breaks on our side.
pub async fn end_unanswered(state: &Engine, credit_id: CreditId) -> anyhow::Result<Issued> {
    let claimed = credits::claim(state.db.writer(), credit_id, state.now(), LEASE).await?;
    let Some(mut credit) = claimed else {
        return Ok(Issued::NothingToDo);
    };
    credit.attempts = MAX_ATTEMPTS.into();
    settle::give_way(state, &credit, &Fault::Unknown, false).await
}

impl From<StepError> for Stopped {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Stripe(fault) => Self::Before(fault),
            StepError::Database(error) => error.into(),
        }
    }
}
