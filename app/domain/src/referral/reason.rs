//! Why a referral is where it is, for programs: an app says it in its own words (`docs/rules.md` 209). A reason tells no
//! more of the friend than the sentence beside it.

use super::{FailureReason, PendingReason};
use crate::credit::{NoCredit, ReversalCause};

/// Why a referral is Pending or Failed, or what became of its credit, as its referrer may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferralReason {
    /// Pending: it earns at the friend's next purchase that counts.
    AwaitsPurchase,
    /// Pending: what the friend has was free, or paid with credit.
    NothingPaid,
    /// Pending: the friend bought while the program was off.
    ProgramWasOff,
    /// Pending: the friend has not confirmed the email address.
    EmailNotConfirmed,
    /// Pending: the referrer had earned the most credits of the period.
    CapReached,
    /// Pending: the friend had bought before, in an account that was deleted.
    BoughtBefore,
    /// Pending: the friend's account was deleted.
    FriendDeleted,
    OnHold,
    UnderReview,
    /// Pending: the purchase is being refunded or is disputed.
    PurchaseNotFinal,
    /// Pending: the credit is on its way to Stripe.
    BeingIssued,
    /// Pending or Failed: the site has something to do about it.
    SiteMustAct,
    /// Failed: the referrer bought for themselves.
    SelfReferral,
    /// Failed: it was paid in another currency.
    OtherCurrency,
    /// Failed: the referrer's account was deleted.
    ReferrerDeleted,
    /// Failed: it was on hold when the program was switched off.
    ProgramSwitchedOff,
    /// Failed, or credited and taken back: the site ended the referral.
    EndedBySite,
    /// Credited and taken back: the purchase was undone.
    PurchaseUndone,
    /// Credited and taken back, in whole or in part: the purchase was refunded.
    PurchaseRefunded,
}

impl ReferralReason {
    pub const ALL: [Self; 19] = [
        Self::AwaitsPurchase,
        Self::NothingPaid,
        Self::ProgramWasOff,
        Self::EmailNotConfirmed,
        Self::CapReached,
        Self::BoughtBefore,
        Self::FriendDeleted,
        Self::OnHold,
        Self::UnderReview,
        Self::PurchaseNotFinal,
        Self::BeingIssued,
        Self::SiteMustAct,
        Self::SelfReferral,
        Self::OtherCurrency,
        Self::ReferrerDeleted,
        Self::ProgramSwitchedOff,
        Self::EndedBySite,
        Self::PurchaseUndone,
        Self::PurchaseRefunded,
    ];

    /// Whether it says of a Pending referral that the friend bought something.
    pub(super) fn tells_purchase(self) -> bool {
        !matches!(self, Self::AwaitsPurchase | Self::FriendDeleted)
    }

    /// Why a referral is Pending or Failed, or, if some of its credit was `taken_back`, for which cause, as its
    /// referrer may know it. Of what was taken back before causes were stored a sale was undone.
    pub fn of(
        pending: Option<&PendingReason>,
        failed: Option<&FailureReason>,
        taken_back: Option<Option<ReversalCause>>,
    ) -> Option<Self> {
        let cause = taken_back.map(|cause| cause.unwrap_or(ReversalCause::Undone));
        let pending = pending.map(Self::from);
        pending.or(failed.map(Self::from)).or(cause.map(Self::from))
    }

    /// The value in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::AwaitsPurchase => "awaits_purchase",
            Self::NothingPaid => "nothing_paid",
            Self::ProgramWasOff => "program_was_off",
            Self::EmailNotConfirmed => "email_not_confirmed",
            Self::CapReached => "cap_reached",
            Self::BoughtBefore => "bought_before",
            Self::FriendDeleted => "friend_deleted",
            Self::OnHold => "on_hold",
            Self::UnderReview => "under_review",
            Self::PurchaseNotFinal => "purchase_not_final",
            Self::BeingIssued => "being_issued",
            Self::SiteMustAct => "site_must_act",
            Self::SelfReferral => "self_referral",
            Self::OtherCurrency => "other_currency",
            Self::ReferrerDeleted => "referrer_deleted",
            Self::ProgramSwitchedOff => "program_switched_off",
            Self::EndedBySite => "ended_by_site",
            Self::PurchaseUndone => "purchase_undone",
            Self::PurchaseRefunded => "purchase_refunded",
        }
    }
}

impl From<&PendingReason> for ReferralReason {
    fn from(why: &PendingReason) -> Self {
        match why {
            // The sentence does not always say whether the friend bought something.
            PendingReason::Registered | PendingReason::Undone => Self::AwaitsPurchase,
            PendingReason::Bought(why) => match why {
                Some(NoCredit::NothingPaid) => Self::NothingPaid,
                Some(NoCredit::ProgramOff) | None => Self::ProgramWasOff,
                Some(NoCredit::Unconfirmed) => Self::EmailNotConfirmed,
                Some(NoCredit::CapReached) => Self::CapReached,
                Some(NoCredit::BoughtBefore) => Self::BoughtBefore,
                Some(
                    NoCredit::TestPurchase
                    | NoCredit::OtherCurrency
                    | NoCredit::BelowLeast
                    | NoCredit::Refunded
                    | NoCredit::MembershipEnded,
                ) => Self::AwaitsPurchase,
            },
            PendingReason::FriendDeleted => Self::FriendDeleted,
            PendingReason::OnHold(_) => Self::OnHold,
            PendingReason::UnderReview => Self::UnderReview,
            PendingReason::Frozen => Self::PurchaseNotFinal,
            PendingReason::BeingIssued => Self::BeingIssued,
            PendingReason::RetryAt(_) => Self::SiteMustAct,
        }
    }
}

impl From<&FailureReason> for ReferralReason {
    fn from(why: &FailureReason) -> Self {
        match why {
            FailureReason::SelfReferral => Self::SelfReferral,
            FailureReason::OtherCurrency(_) => Self::OtherCurrency,
            FailureReason::ReferrerDeleted => Self::ReferrerDeleted,
            FailureReason::VoidedWhenOff => Self::ProgramSwitchedOff,
            FailureReason::Voided(_) => Self::EndedBySite,
            FailureReason::StripeNotConnected
            | FailureReason::KeyNeedsAttention
            | FailureReason::OtherMode(_)
            | FailureReason::Refused(_)
            | FailureReason::Unreachable => Self::SiteMustAct,
        }
    }
}

impl From<ReversalCause> for ReferralReason {
    fn from(cause: ReversalCause) -> Self {
        match cause.to_referrer() {
            ReversalCause::Undone => Self::PurchaseUndone,
            ReversalCause::Refunded | ReversalCause::Disputed => Self::PurchaseRefunded,
            ReversalCause::Voided => Self::EndedBySite,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use time::macros::datetime;

    use super::*;
    use crate::{
        credit::Terms,
        money::{Currency, Money},
        referral::{AttributionModel, ReferralStatus, TimelineFacts, timeline},
        refund::PartialRefunds,
    };

    #[test]
    fn no_two_reasons_share_a_code() {
        let codes: BTreeSet<_> = ReferralReason::ALL.map(ReferralReason::code).into();
        assert_eq!(codes.len(), ReferralReason::ALL.len());
    }

    #[test]
    fn a_code_tells_no_more_than_its_sentence() {
        let least = |cents| Terms {
            hold_days: 0,
            least: Money::new(cents, Currency::Usd),
            cap: None,
            partial_refunds: PartialRefunds::TakeNothing,
            review: None,
            attribution: AttributionModel::FirstClick,
        };
        let registered = PendingReason::Registered;
        let bought = datetime!(2026-11-08 12:00 UTC);
        let steps = |why: &PendingReason, bought_at| {
            let steps = timeline(&TimelineFacts {
                status: ReferralStatus::Pending,
                joined_at: datetime!(2026-11-01 12:00 UTC),
                bought_at,
                pending: Some(why.clone()),
                failed: None,
                credit: None,
                credited_at: None,
                taken_back: None,
                taken_back_for: None,
            });
            let told = steps.iter().map(|step| (step.code(), step.at()));
            told.collect::<Vec<_>>()
        };
        for hidden in [
            PendingReason::Undone,
            PendingReason::Bought(Some(NoCredit::BelowLeast)),
            PendingReason::Bought(Some(NoCredit::TestPurchase)),
            PendingReason::Bought(Some(NoCredit::Refunded)),
        ] {
            let terms = least(5000);
            let sentence = hidden.member_sentence("Detroit Arms", &terms);
            assert_eq!(sentence, registered.member_sentence("Detroit Arms", &terms));
            assert_eq!(
                ReferralReason::from(&hidden),
                ReferralReason::from(&registered)
            );
            let told = steps(&hidden, Some(bought));
            assert_eq!(told, steps(&registered, None), "{hidden:?}");
        }
        let deleted = steps(&PendingReason::FriendDeleted, Some(bought));
        assert_eq!(deleted.len(), 2, "{deleted:?}");
        let waits = steps(&PendingReason::BeingIssued, Some(bought));
        assert_eq!(waits[1], ("bought", Some(bought)));
        let disputed = ReferralReason::from(ReversalCause::Disputed);
        assert_eq!(disputed, ReferralReason::from(ReversalCause::Refunded));
        let refused = FailureReason::Refused("resource_missing".to_owned());
        assert_eq!(ReferralReason::from(&refused).code(), "site_must_act");
        // The sentence of an unknown cause says that the purchase was undone.
        let unknown = ReferralReason::of(None, None, Some(None));
        assert_eq!(unknown, Some(ReferralReason::PurchaseUndone));
        let both = ReferralReason::of(None, Some(&refused), Some(Some(ReversalCause::Refunded)));
        assert_eq!(both, Some(ReferralReason::SiteMustAct));
        assert_eq!(ReferralReason::of(None, None, None), None);
    }
}
