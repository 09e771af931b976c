//! The three statuses of a referral, and the reasons why one fails.

use serde::{Deserialize, Serialize};

use crate::{credit::ReversalCause, money::Money, stripe_keys::StripeMode};

/// The status on pages (`docs/rules.md` 32).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralStatus {
    /// "Referred user registered but hasn't made a purchase yet".
    Pending,
    /// "Credit was successfully applied to the referrer's Stripe balance".
    Credited,
    /// "Credit could not be applied (e.g. Stripe error, no Stripe configured)".
    Failed,
}

impl ReferralStatus {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Credited, Self::Failed];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Credited => "credited",
            Self::Failed => "failed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The label on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Credited => "Credited",
            Self::Failed => "Failed",
        }
    }
}

/// Why a credit could not be applied, as a reason that a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    StripeNotConnected,
    /// Stripe rejects the secret key, or the key lacks the permission (401, 403).
    KeyNeedsAttention,
    /// The credit was earned in this mode, but the connected account is in the other one.
    OtherMode(StripeMode),
    /// Stripe refused for good. Holds Stripe's error code (`currency_mismatch`), never personal
    /// data.
    Refused(String),
    /// Every attempt failed without an answer.
    Unreachable,
    /// A platform referrer bought with their own address, which earns nothing (`docs/rules.md` 21).
    SelfReferral,
    /// The subscription was paid in a currency that the program does not use (`docs/rules.md` 46).
    /// Holds Stripe's code.
    OtherCurrency(String),
    /// The referrer's account was deleted (`docs/rules.md` 105).
    ReferrerDeleted,
    /// The credit was on hold when the program was switched off, and voided with it (`docs/rules.md` 133).
    VoidedWhenOff,
    /// An admin ended the referral, and gave this reason (`docs/rules.md` 141). It is empty once the friend's
    /// account was deleted.
    Voided(String),
}

/// The sentence next to a referral's status: why it `failed`, or what of its credit was `taken_back`.
/// With a reversal that took nothing, the credit had been spent. `cause` is not known of what was taken
/// back before causes were stored: then a sale was undone.
pub fn status_sentence(
    failed: Option<String>,
    taken_back: Option<Money>,
    cause: Option<ReversalCause>,
) -> Option<String> {
    let why = cause.unwrap_or(ReversalCause::Undone).words();
    match (failed, taken_back) {
        (Some(reason), _) => Some(reason),
        (None, Some(amount)) if amount.is_positive() => Some(format!("{amount} taken back: {why}")),
        (None, Some(_)) => {
            let rest = why.strip_prefix("the ").unwrap_or(why);
            Some(format!("The {rest}, but the credit was already spent"))
        }
        (None, None) => None,
    }
}

impl FailureReason {
    /// The sentence next to "Failed".
    pub fn sentence(&self) -> String {
        match self {
            Self::StripeNotConnected => "Stripe is not connected".to_owned(),
            Self::KeyNeedsAttention => "The Stripe key needs attention".to_owned(),
            Self::OtherMode(StripeMode::Test) => {
                "It was earned in test mode, but Stripe is connected in live mode".to_owned()
            }
            Self::OtherMode(StripeMode::Live) => {
                "It was earned in live mode, but Stripe is connected in test mode".to_owned()
            }
            Self::Refused(code) if code.is_empty() => "Stripe refused the credit".to_owned(),
            Self::Refused(code) => format!("Stripe refused the credit ({code})"),
            Self::Unreachable => "Stripe could not be reached".to_owned(),
            Self::SelfReferral => "The referrer bought with their own email address".to_owned(),
            Self::OtherCurrency(code) => {
                format!(
                    "It was paid in {}, so it earns no credit",
                    code.to_uppercase()
                )
            }
            Self::ReferrerDeleted => "The referrer's account was deleted".to_owned(),
            Self::VoidedWhenOff => "Voided when the program was switched off".to_owned(),
            Self::Voided(reason) if reason.is_empty() => "Voided by an admin".to_owned(),
            Self::Voided(reason) => format!("Voided by an admin: {reason}"),
        }
    }

    /// The sentence for the member, who can do nothing about Stripe: the `site` can.
    pub fn member_sentence(&self, site: &str) -> String {
        match self {
            Self::SelfReferral
            | Self::OtherCurrency(_)
            | Self::ReferrerDeleted
            | Self::VoidedWhenOff => self.sentence(),
            // The reason is the staff's own.
            Self::Voided(_) => format!("{site} ended this referral"),
            Self::StripeNotConnected
            | Self::KeyNeedsAttention
            | Self::OtherMode(_)
            | Self::Refused(_)
            | Self::Unreachable => format!("{site} is sorting this out"),
        }
    }

    /// Whether a retry may succeed: the referral itself is valid.
    pub fn can_be_retried(&self) -> bool {
        !matches!(
            self,
            Self::SelfReferral
                | Self::OtherCurrency(_)
                | Self::ReferrerDeleted
                | Self::VoidedWhenOff
                | Self::Voided(_)
        )
    }

    /// Whether a change of the Stripe connection in the settings resolves it. The credit then
    /// resumes without an admin.
    pub fn ends_with_the_connection(&self) -> bool {
        matches!(
            self,
            Self::StripeNotConnected | Self::KeyNeedsAttention | Self::OtherMode(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_credited_referral_says_what_was_taken_back() {
        let usd = |cents| Money::new(cents, Currency::Usd);
        let beside = |taken, cause| status_sentence(None, taken, cause);
        assert_eq!(beside(None, None), None);
        let all = beside(Some(usd(1000)), None).unwrap();
        assert_eq!(all, "$10.00 taken back: the purchase was undone");
        let spent = beside(Some(usd(0)), None).unwrap();
        assert_eq!(
            spent,
            "The purchase was undone, but the credit was already spent"
        );
        let voided = Some(ReversalCause::Voided);
        let all = beside(Some(usd(1000)), voided).unwrap();
        assert_eq!(all, "$10.00 taken back: the referral was voided");
        let refunded = beside(Some(usd(400)), Some(ReversalCause::Refunded)).unwrap();
        assert_eq!(refunded, "$4.00 taken back: the purchase was refunded");
        let failed = Some("Stripe is not connected".to_owned());
        assert_eq!(status_sentence(failed.clone(), None, None), failed);
    }

    #[test]
    fn a_member_reads_no_codes() {
        let told = |reason: FailureReason| reason.member_sentence("Detroit Arms");
        for reason in [
            FailureReason::Refused("resource_missing".to_owned()),
            FailureReason::KeyNeedsAttention,
            FailureReason::Unreachable,
        ] {
            assert_eq!(told(reason), "Detroit Arms is sorting this out");
        }
        let own = told(FailureReason::SelfReferral);
        assert_eq!(own, FailureReason::SelfReferral.sentence());
        let voided = told(FailureReason::Voided(
            "Two accounts of one person".to_owned(),
        ));
        assert_eq!(voided, "Detroit Arms ended this referral");
    }

    #[test]
    fn the_words_are_the_guides() {
        assert_eq!(
            ReferralStatus::ALL.map(ReferralStatus::label),
            ["Pending", "Credited", "Failed"]
        );
    }

    #[test]
    fn what_the_settings_end_goes_on_by_itself() {
        for reason in [
            FailureReason::StripeNotConnected,
            FailureReason::KeyNeedsAttention,
            FailureReason::OtherMode(StripeMode::Test),
            FailureReason::OtherMode(StripeMode::Live),
        ] {
            assert!(reason.ends_with_the_connection() && reason.can_be_retried());
        }
        for reason in [
            FailureReason::Refused("currency_mismatch".to_owned()),
            FailureReason::Unreachable,
            FailureReason::SelfReferral,
            FailureReason::ReferrerDeleted,
            FailureReason::VoidedWhenOff,
            FailureReason::Voided(String::new()),
        ] {
            assert!(!reason.ends_with_the_connection(), "{reason:?}");
        }
    }

    #[test]
    fn each_status_survives_its_code() {
        for status in ReferralStatus::ALL {
            assert_eq!(ReferralStatus::parse(status.code()), Some(status));
        }
    }
}
