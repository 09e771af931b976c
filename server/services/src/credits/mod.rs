//! Credits: from a qualifying purchase to one balance transaction on the referrer's Stripe balance.
//!
//! `decide` writes the ledger row, and `issue` posts it to Stripe. A crash at any line is safe: the
//! row records the progress, so both can run again, and the idempotency key keeps Stripe from
//! posting the credit twice.

pub mod adjust;
mod cap;
mod decide;
mod granted;
mod moves;
mod post;
mod record;
mod referral;
mod resume;
mod retry;
mod reversals;
mod review;
mod shortfalls;
mod spending;

use domain::{
    credit::{
        AfterError, CreditKind, MAX_ATTEMPTS, StripeError, after_debit_error, after_error,
        after_return_error, after_reversal_error, replays_error,
    },
    referral::FailureReason,
};
use store::{CreditId, credits, entities::credit};
use time::Duration;

use self::post::Posted;
use super::stripe_customers::StepError;
use crate::Engine;

pub(crate) use cap::is_reached as cap_is_reached;
pub use decide::decide;
pub use moves::{Elsewhere, elsewhere, move_here};
pub use resume::resume_failed;
pub use retry::{Retry, retry};
pub use reversals::settle;
pub use spending::{post_returns, return_debit};
pub use store::Paid;

/// How long a claim lasts: enough for several Stripe calls, each within its time-out. After that
/// another job may claim the credit. The first job can then no longer send, defer or fail the
/// credit, but it still records a success.
pub const LEASE: Duration = Duration::minutes(3);

/// The result of an attempt to issue a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Issued {
    /// Stripe has the balance transaction, and the ledger, the referral and the notification record
    /// it.
    Credited,
    /// The credit is not due, or another job holds the claim.
    NothingToDo,
    /// A temporary Stripe error, or too early: retry after this time.
    Retry(Duration),
    /// The credit failed for this reason, and no retry is scheduled.
    Failed(FailureReason),
}

/// Why an attempt stopped early.
#[derive(Debug, thiserror::Error)]
enum AttemptError {
    /// A Stripe error before this attempt sent the balance transaction.
    #[error("before posting: {0:?}")]
    Before(StripeError),
    /// A Stripe error in answer to the balance transaction.
    #[error("posting: {0:?}")]
    Posting(StripeError),
    /// Too early: the previous request may still be executing at Stripe. Retry after this time.
    #[error("too early by {0}")]
    Early(Duration),
    /// The claim expired and another job holds the credit.
    #[error("another job holds the claim")]
    Overtaken,
    /// An internal error: the credit stays due.
    #[error(transparent)]
    Ours(#[from] anyhow::Error),
}

impl From<StripeError> for AttemptError {
    fn from(error: StripeError) -> Self {
        Self::Before(error)
    }
}

impl From<sea_orm::DbErr> for AttemptError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Ours(error.into())
    }
}

/// Claims a due credit and posts it to Stripe.
///
/// # Errors
/// If an internal error occurs. The credit stays due, and the sweep finds it.
pub async fn issue(engine: &Engine, credit_id: CreditId) -> anyhow::Result<Issued> {
    let claimed = credits::claim(engine.db.writer(), credit_id, engine.now(), LEASE).await?;
    let Some(credit) = claimed else {
        return Ok(Issued::NothingToDo);
    };
    let Some(balance) = reversals::claim_balance(engine, &credit).await? else {
        return record::defer(engine, &credit, record::SOON).await;
    };
    let issued = attempt(engine, &credit).await;
    balance.release(engine).await?;
    engine.console_changed(credit.scope());
    issued
}

async fn attempt(engine: &Engine, credit: &credit::Model) -> anyhow::Result<Issued> {
    match post::post(engine, credit).await {
        Ok(posted) => record(engine, credit, &posted).await,
        Err(AttemptError::Before(error)) => handle_failure(engine, credit, &error, false).await,
        Err(AttemptError::Posting(error)) => handle_failure(engine, credit, &error, true).await,
        Err(AttemptError::Early(left)) => record::defer(engine, credit, left).await,
        Err(AttemptError::Overtaken) => Ok(Issued::NothingToDo),
        Err(AttemptError::Ours(error)) => Err(error),
    }
}

/// Records that Stripe has the balance transaction, with what follows from it.
async fn record(
    engine: &Engine,
    credit: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    match *credit.kind {
        CreditKind::Earned => record::record_issued(engine, credit, posted).await,
        CreditKind::Spent => spending::record_spent(engine, credit, posted).await,
        CreditKind::Returned => spending::record_returned(engine, credit, posted).await,
        CreditKind::Restored | CreditKind::MovedIn => {
            reversals::record_restored(engine, credit, posted).await
        }
        CreditKind::Reversed => reversals::record_reversed(engine, credit, posted).await,
        CreditKind::MovedOut => moves::record_moved_out(engine, credit, posted).await,
        CreditKind::Granted => granted::record_granted(engine, credit, posted).await,
        CreditKind::Corrected => granted::record_corrected(engine, credit, posted).await,
        // It is written as Stripe has it, and is never due.
        CreditKind::Observed => Ok(Issued::NothingToDo),
    }
}

/// Decides after a Stripe error: another attempt later, or Failed, unless Stripe has the credit after
/// all. `posting` is true if the error answered the balance transaction itself.
async fn handle_failure(
    engine: &Engine,
    credit: &credit::Model,
    error: &StripeError,
    posting: bool,
) -> anyhow::Result<Issued> {
    let attempts = credit.progress()?.attempts + 1;
    tracing::warn!(
        credit = credit.id.get(),
        attempts,
        ?error,
        posting,
        "a credit could not be issued"
    );
    let was_sent = credit.first_sent_at.is_some();
    let next = match *credit.kind {
        CreditKind::Earned | CreditKind::Observed => after_error(attempts, error, posting),
        CreditKind::Spent => after_debit_error(attempts, error, posting, was_sent),
        CreditKind::Returned | CreditKind::Restored | CreditKind::MovedIn => {
            AfterError::Retry(after_return_error(attempts, error, posting))
        }
        CreditKind::Reversed
        | CreditKind::MovedOut
        | CreditKind::Granted
        | CreditKind::Corrected => after_reversal_error(attempts, error, posting, was_sent),
    };
    match next {
        AfterError::Retry(wait) => {
            let replays = replays_error(error, posting);
            record::schedule_retry(engine, credit, attempts, replays, wait).await
        }
        AfterError::Fail(reason) => match post::reconcile(engine, credit).await {
            Some(posted) => record(engine, credit, &posted).await,
            None if credit.kind == CreditKind::Spent => {
                spending::record_not_spent(engine, credit, attempts, reason).await
            }
            None if credit.kind == CreditKind::Reversed => {
                reversals::record_not_reversed(engine, credit, attempts, reason).await
            }
            None if credit.kind == CreditKind::MovedOut => {
                moves::record_not_moved(engine, credit, attempts, reason).await
            }
            None => record::record_failed(engine, credit, attempts, reason).await,
        },
    }
}

/// Fails a due credit as if Stripe had answered none of its attempts. An admin may retry it; the
/// sweep does not.
pub async fn end_unanswered(engine: &Engine, credit_id: CreditId) -> anyhow::Result<Issued> {
    let claimed = credits::claim(engine.db.writer(), credit_id, engine.now(), LEASE).await?;
    let Some(mut credit) = claimed else {
        return Ok(Issued::NothingToDo);
    };
    credit.attempts = MAX_ATTEMPTS.into();
    handle_failure(engine, &credit, &StripeError::OutcomeUnknown, false).await
}

impl From<StepError> for AttemptError {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Stripe(error) => Self::Before(error),
            StepError::Database(error) => error.into(),
        }
    }
}
