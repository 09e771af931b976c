//! Voiding a referral: an admin ends it, and what it earned is taken back (`docs/rules.md` 141).

use crate::{
    credit::NotReviewed,
    referral::{FailureReason, ReferralStatus},
};

/// What voiding a referral does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voiding {
    /// It earned nothing yet, and never will: it fails for good.
    Ends,
    /// It stays Credited, and the credit is taken back as far as it is still there.
    TakesBack,
}

/// Why a referral is not voided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotVoided {
    /// It was voided before.
    Before,
    /// It failed for good, and can earn nothing.
    Over,
    /// Stripe has not said yet whether it has the credit.
    Unsettled,
    /// Its credit was to be denied, and is not under review any more.
    Reviewed,
}

impl NotVoided {
    /// The sentence for the admin.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Before => "This referral was voided before.",
            Self::Over => {
                "This referral failed for good and earns nothing, so there is nothing to void."
            }
            Self::Unsettled => {
                "Stripe has not confirmed yet whether it has the credit of this referral. Nothing was \
                 changed. Try again in a few minutes."
            }
            Self::Reviewed => NotReviewed.sentence(),
        }
    }
}

/// Whether a referral can be voided, and what that does. `failed` says why it is Failed, and `voided`
/// that a Credited one was voided before.
///
/// # Errors
/// [`NotVoided`] says why not.
pub fn may_void(
    status: ReferralStatus,
    failed: Option<&FailureReason>,
    voided: bool,
) -> Result<Voiding, NotVoided> {
    match (status, failed) {
        _ if voided => Err(NotVoided::Before),
        (_, Some(FailureReason::Voided(_))) => Err(NotVoided::Before),
        (ReferralStatus::Credited, _) => Ok(Voiding::TakesBack),
        (_, Some(reason)) if !reason.can_be_retried() => Err(NotVoided::Over),
        (ReferralStatus::Pending | ReferralStatus::Failed, _) => Ok(Voiding::Ends),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_referral_is_voided_once() {
        let voided = FailureReason::Voided("Two accounts of one person".to_owned());
        let failed = ReferralStatus::Failed;
        assert_eq!(
            may_void(failed, Some(&voided), false),
            Err(NotVoided::Before)
        );
        for status in ReferralStatus::ALL {
            assert_eq!(may_void(status, None, true), Err(NotVoided::Before));
        }
    }

    #[test]
    fn what_earned_something_stays_credited() {
        let of = |status, failed| may_void(status, failed, false);
        assert_eq!(of(ReferralStatus::Credited, None), Ok(Voiding::TakesBack));
        assert_eq!(of(ReferralStatus::Pending, None), Ok(Voiding::Ends));
        let passing = FailureReason::StripeNotConnected;
        assert_eq!(
            of(ReferralStatus::Failed, Some(&passing)),
            Ok(Voiding::Ends)
        );
        let own = FailureReason::SelfReferral;
        assert_eq!(of(ReferralStatus::Failed, Some(&own)), Err(NotVoided::Over));
    }

    #[test]
    fn what_is_voided_is_not_retried() {
        let voided = FailureReason::Voided("Two accounts of one person".to_owned());
        assert!(!voided.can_be_retried());
        assert_eq!(
            voided.sentence(),
            "Voided by an admin: Two accounts of one person"
        );
    }
}
