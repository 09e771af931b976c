//! Decides which failed credits an admin may retry and which ones resume without an admin.

use time::OffsetDateTime;

use crate::{
    credit::ask_key_from,
    referral::{FailureReason, ReferralStatus},
    stripe_keys::StripeMode,
};

/// Why a credit is not retried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRetried {
    /// The referral is not Failed, or the ledger has no failed credit for it.
    NotFailed,
    /// A retry would fail for the same reason.
    Final(FailureReason),
}

impl NotRetried {
    /// The reason as a fragment of a sentence on a page.
    pub fn words(&self) -> String {
        match self {
            Self::NotFailed => "not Failed, or already retried".to_owned(),
            Self::Final(reason) => reason.sentence(),
        }
    }
}

/// Whether an admin may retry the credit of a referral. `ledger_failed` says that its row in the
/// ledger is failed.
///
/// # Errors
/// [`NotRetried`] says why not.
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

/// The Stripe account that a program is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connected {
    pub mode: StripeMode,
    /// When its secret key was last seen to work (UTC); `None` if it never was.
    pub key_worked_at: Option<OffsetDateTime>,
}

/// Whether a failed credit resumes without an admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// The credit stays Failed for now.
    No,
    /// The reason for the failure no longer holds.
    Yes,
    /// One credit resumes to test whether the secret key works now.
    ToTryTheKey,
}

/// Decides whether a credit that failed at `failed_at` (UTC) for `reason`, after `attempts`,
/// resumes without an admin.
pub fn resume(
    reason: &FailureReason,
    attempts: u32,
    failed_at: OffsetDateTime,
    connected: Option<Connected>,
    now: OffsetDateTime,
) -> Resume {
    let connected = connected.filter(|connected| can_resume(reason, *connected));
    let Some(Connected { key_worked_at, .. }) = connected else {
        return Resume::No;
    };
    if *reason != FailureReason::KeyNeedsAttention || key_worked_at.is_some_and(|at| at > failed_at)
    {
        Resume::Yes
    } else if now >= ask_key_from(attempts, failed_at) {
        Resume::ToTryTheKey
    } else {
        Resume::No
    }
}

/// Whether credits that failed for `reason` can resume under this connection. [`resume`] decides
/// when each one does.
pub fn can_resume(reason: &FailureReason, connected: Connected) -> bool {
    match reason {
        FailureReason::StripeNotConnected | FailureReason::KeyNeedsAttention => true,
        FailureReason::OtherMode(mode) => *mode == connected.mode,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

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
    fn what_the_connection_ended_goes_on_once_it_works() {
        let failed_at = datetime!(2026-11-22 12:00 UTC);
        let live = Connected {
            mode: StripeMode::Live,
            key_worked_at: None,
        };
        let at = |reason: &FailureReason, connected, after| {
            resume(reason, 1, failed_at, connected, failed_at + after)
        };
        let (soon, later) = (Duration::minutes(1), Duration::hours(1));
        let key = FailureReason::KeyNeedsAttention;
        let (test_money, real_money) = (
            FailureReason::OtherMode(StripeMode::Test),
            FailureReason::OtherMode(StripeMode::Live),
        );
        for reason in [&FailureReason::StripeNotConnected, &key, &real_money] {
            assert_eq!(at(reason, None, later), Resume::No, "{reason:?}");
        }
        let not_connected = at(&FailureReason::StripeNotConnected, Some(live), soon);
        assert_eq!(not_connected, Resume::Yes);
        assert_eq!(at(&real_money, Some(live), soon), Resume::Yes);
        assert_eq!(at(&test_money, Some(live), later), Resume::No);
        assert_eq!(at(&key, Some(live), soon), Resume::No);
        assert_eq!(at(&key, Some(live), later), Resume::ToTryTheKey);
        let worked = |at| {
            Some(Connected {
                key_worked_at: Some(at),
                ..live
            })
        };
        assert_eq!(at(&key, worked(failed_at + soon), soon), Resume::Yes);
        assert_eq!(at(&key, worked(failed_at - soon), soon), Resume::No);
        let unreachable = at(&FailureReason::Unreachable, worked(failed_at + soon), later);
        assert_eq!(unreachable, Resume::No, "an admin's to retry");
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
