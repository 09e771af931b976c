//! The row of the ledger that a decision wrote, and what follows from it.

use sea_orm::{DatabaseTransaction, DbErr};
use store::{CreditId, ReferralId, Timestamp, entities::purchase, referrals};
use time::Duration;

use crate::{Engine, queue::Job};

/// A ledger row that was written.
pub struct Written {
    pub credit_id: CreditId,
    /// Until when it is on hold.
    pub held: Option<Timestamp>,
    /// An admin decides about it first.
    pub waits: bool,
    /// The member's referral that earned it, and the purchase to record there.
    pub earned_by: Option<(ReferralId, purchase::Model)>,
}

impl Written {
    /// Records on the member's referral which purchase earns its credit. Call it late: the referral's
    /// counters are shared with all referrals of its day, and whoever changes one of those waits until
    /// the commit.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn record_purchase(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        match &self.earned_by {
            Some((referral_id, purchase)) => {
                referrals::set_purchase(tx, *referral_id, purchase).await
            }
            None => Ok(()),
        }
    }

    /// The credit, if it may be issued now. One on hold gets a job that issues it when the hold ends; if
    /// the job gets lost, the sweep finds the credit then.
    pub async fn to_issue(&self, engine: &Engine) -> Option<CreditId> {
        if self.waits {
            return None;
        }
        let Some(end) = self.held else {
            return Some(self.credit_id);
        };
        let job = Job::IssueCredit {
            credit_id: self.credit_id,
            attempt: 0,
        };
        let wait = (end - engine.now()).max(Duration::ZERO);
        engine.queue.enqueue_in(job, wait, end).await;
        None
    }
}
