//! Which failed credits an admin may have tried again.

use crate::{FailureReason, ReferralStatus};

/// Why a credit is not tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRetried {
    /// The referral is not Failed, or nothing was ever asked of Stripe for it.
    NotFailed,
    /// It would end the same way.
    Final(FailureReason),
}

impl NotRetried {
    /// For people, within a sentence.
    pub fn words(&self) -> String {
        match self {
            Self::NotFailed => "not Failed, or tried again already".to_owned(),
            Self::Final(reason) => reason.sentence(),
        }
    }
}

/// May the credit of a referral be tried again? `ledger_failed`: its row of the ledger was given up.
///
/// # Errors
/// Why not.
pub fn may_retry(
    status: ReferralStatus,
    reason: Option<&FailureReason>,
    ledger_failed: bool,
) -> Result<(), NotRetried> {
    match reason {
        _ if status != ReferralStatus::Failed => Err(NotRetried::NotFailed),
        Some(reason) if !reason.can_be_retried() => Err(NotRetried::Final(reason.clone())),
        _ if !ledger_failed => Err(NotRetried::NotFailed),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_for_a_passing_reason_may_be_tried_again() {
        for reason in [
            FailureReason::StripeNotConnected,
            FailureReason::Unreachable,
            FailureReason::Refused("currency_mismatch".to_owned()),
        ] {
            let failed = ReferralStatus::Failed;
            assert_eq!(may_retry(failed, Some(&reason), true), Ok(()), "{reason:?}");
        }
    }

    #[test]
    fn what_did_not_fail_is_left_alone() {
        for status in [ReferralStatus::Pending, ReferralStatus::Credited] {
            assert_eq!(may_retry(status, None, true), Err(NotRetried::NotFailed));
        }
        let never_asked = may_retry(ReferralStatus::Failed, None, false);
        assert_eq!(never_asked, Err(NotRetried::NotFailed));
    }

    #[test]
    fn a_purchase_of_ones_own_never_earns_anything() {
        let own = FailureReason::SelfReferral;
        for ledger_failed in [true, false] {
            assert_eq!(
                may_retry(ReferralStatus::Failed, Some(&own), ledger_failed),
                Err(NotRetried::Final(own.clone()))
            );
        }
    }
}
