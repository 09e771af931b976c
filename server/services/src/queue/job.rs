//! The queue. A job only says what to look at; the row that it names is the truth, so a job that
//! is lost, late or doubled changes nothing.

mod check_checkout_session;
mod decide_credit;
mod decide_platform_credit;
mod issue_credit;
mod parting;
mod queue;
mod setup;
pub mod sweep;
mod worker;

use serde::{Deserialize, Serialize};

pub use queue::Queue;
pub use setup::{setup, steps};
pub use worker::run;

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// A purchase is paid: is a credit due?
    DecideCredit {
        /// Our id of the purchase.
        purchase_id: i64,
    },
    /// A subscription is paid that a partner brought: is a credit due?
    DecidePlatformCredit {
        /// Our id of the platform purchase.
        purchase_id: i64,
    },
    /// A credit is due: take it to Stripe.
    IssueCredit {
        /// Our id of the ledger row.
        credit_id: i64,
        /// Faults so far: each attempt is a job of its own.
        attempt: i64,
    },
    /// It is time to ask Stripe what became of a Checkout session.
    CheckCheckoutSession {
        /// Our id of the session.
        id: i64,
        /// When it became time, in milliseconds: each check is a job of its own.
        due_at: i64,
    },
}

impl Job {
    /// The key under which the queue takes it once.
    pub fn key(&self) -> String {
        match self {
            Self::DecideCredit { purchase_id } => format!("decide:{purchase_id}"),
            Self::DecidePlatformCredit { purchase_id } => format!("decide-platform:{purchase_id}"),
            Self::IssueCredit { credit_id, attempt } => format!("issue:{credit_id}:{attempt}"),
            Self::CheckCheckoutSession { id, due_at } => format!("check-checkout:{id}:{due_at}"),
        }
    }
}

/// Does one job.
///
/// # Errors
/// If the database fails; the sweep pushes a new job for what is left.
pub async fn perform(state: &crate::state::AppState, job: &Job) -> anyhow::Result<()> {
    match job {
        Job::DecideCredit { purchase_id } => decide_credit::perform(state, *purchase_id).await,
        Job::DecidePlatformCredit { purchase_id } => {
            decide_platform_credit::perform(state, *purchase_id).await
        }
        Job::IssueCredit { credit_id, .. } => issue_credit::perform(state, *credit_id).await,
        Job::CheckCheckoutSession { id, .. } => check_checkout_session::perform(state, *id).await,
    }
}
