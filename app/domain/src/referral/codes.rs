//! Names for programs of why a referral has no credit. They never change, and tell no more than the sentences that
//! its referrer reads.

use super::{FailureReason, PendingReason};
use crate::credit::NoCredit;

impl PendingReason {
    /// `waiting_for_purchase`, `on_hold`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Registered => "waiting_for_purchase",
            Self::Undone => "purchase_undone",
            Self::Bought(Some(why)) => of_purchase(*why),
            Self::Bought(None) => of_purchase(NoCredit::ProgramOff),
            Self::FriendDeleted => "account_deleted",
            Self::OnHold(_) => "on_hold",
            Self::UnderReview => "under_review",
            Self::Frozen => "purchase_not_final",
            Self::BeingIssued => "being_issued",
            Self::RetryAt(_) => "retrying",
        }
    }
}

fn of_purchase(why: NoCredit) -> &'static str {
    match why {
        NoCredit::ProgramOff => "program_was_off",
        NoCredit::NothingPaid => "nothing_paid",
        NoCredit::Unconfirmed => "email_not_confirmed",
        NoCredit::BelowLeast => "below_least",
        NoCredit::CapReached => "cap_reached",
        NoCredit::BoughtBefore => "bought_before",
        NoCredit::TestPurchase
        | NoCredit::OtherCurrency
        | NoCredit::Refunded
        // The reason is the friend's or the site's own.
        | NoCredit::MembershipEnded => "purchase_does_not_count",
    }
}

impl FailureReason {
    /// `not_issued`, `ended_by_site`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::StripeNotConnected
            | Self::KeyNeedsAttention
            | Self::OtherMode(_)
            | Self::Refused(_)
            | Self::Unreachable => "not_issued",
            Self::SelfReferral => "self_referral",
            Self::OtherCurrency(_) => "other_currency",
            Self::ReferrerDeleted => "referrer_deleted",
            Self::VoidedWhenOff => "program_switched_off",
            Self::Voided(_) => "ended_by_site",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stripe_keys::StripeMode;

    #[test]
    fn each_reason_keeps_its_code() {
        let words = String::new;
        for (why, code) in [
            (PendingReason::Registered, "waiting_for_purchase"),
            (PendingReason::Undone, "purchase_undone"),
            (PendingReason::Bought(None), "program_was_off"),
            (PendingReason::FriendDeleted, "account_deleted"),
            (PendingReason::OnHold(words()), "on_hold"),
            (PendingReason::UnderReview, "under_review"),
            (PendingReason::Frozen, "purchase_not_final"),
            (PendingReason::BeingIssued, "being_issued"),
            (PendingReason::RetryAt(words()), "retrying"),
        ] {
            assert_eq!(why.code(), code);
        }
        for (why, code) in [
            (NoCredit::ProgramOff, "program_was_off"),
            (NoCredit::NothingPaid, "nothing_paid"),
            (NoCredit::Unconfirmed, "email_not_confirmed"),
            (NoCredit::BelowLeast, "below_least"),
            (NoCredit::CapReached, "cap_reached"),
            (NoCredit::BoughtBefore, "bought_before"),
            (NoCredit::TestPurchase, "purchase_does_not_count"),
            (NoCredit::OtherCurrency, "purchase_does_not_count"),
            (NoCredit::Refunded, "purchase_does_not_count"),
            (NoCredit::MembershipEnded, "purchase_does_not_count"),
        ] {
            assert_eq!(PendingReason::Bought(Some(why)).code(), code);
        }
        for (why, code) in [
            (FailureReason::StripeNotConnected, "not_issued"),
            (FailureReason::KeyNeedsAttention, "not_issued"),
            (FailureReason::OtherMode(StripeMode::Test), "not_issued"),
            (FailureReason::Refused(words()), "not_issued"),
            (FailureReason::Unreachable, "not_issued"),
            (FailureReason::SelfReferral, "self_referral"),
            (FailureReason::OtherCurrency(words()), "other_currency"),
            (FailureReason::ReferrerDeleted, "referrer_deleted"),
            (FailureReason::VoidedWhenOff, "program_switched_off"),
            (FailureReason::Voided(words()), "ended_by_site"),
        ] {
            assert_eq!(why.code(), code);
        }
    }
}
