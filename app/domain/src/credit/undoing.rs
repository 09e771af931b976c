//! What becomes of the credit that a purchase earned, once the purchase is undone.

use crate::{
    credit::{CreditKind, CreditState, StripeAmount, overdraft},
    money::Money,
    purchase::PurchaseState,
    stripe_keys::StripeMode,
};

/// What becomes of an earned credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeBack {
    /// Stripe was never asked to post it, or did not and will not: it is given up, and the referral
    /// waits for another purchase.
    Withdraw,
    /// It is on the referrer's balance: the same amount is taken from there.
    Reverse,
    /// Stripe may have it, and has not said so yet. The purchase cannot be undone before it did.
    Unsettled,
}

/// Decides what becomes of the credit that an undone purchase earned. `kind` and `state` are those of
/// the ledger row by which it is where it is now, and `was_sent` says that Stripe was asked to post
/// that. A credit that is being moved has to arrive first.
pub fn take_back(kind: CreditKind, state: CreditState, was_sent: bool) -> TakeBack {
    match (kind, state, was_sent) {
        (CreditKind::MovedOut, ..) => TakeBack::Unsettled,
        // What was taken back or restored before is the last word once Stripe has it, or never will.
        (CreditKind::Reversed | CreditKind::Restored, CreditState::Due, _) => TakeBack::Unsettled,
        (CreditKind::Reversed | CreditKind::Restored, ..) => TakeBack::Reverse,
        (_, CreditState::Issued, _) => TakeBack::Reverse,
        (CreditKind::MovedIn, ..) | (_, CreditState::Due, true) => TakeBack::Unsettled,
        (_, CreditState::Due, false) | (_, CreditState::Failed, _) => TakeBack::Withdraw,
    }
}

/// Whether another purchase of the same friend keeps the credit that an undone one earned: it would
/// have earned it itself. `paid` is what was paid for it beside credit and balance, `least` what has to be
/// paid for a purchase that counts, `purchase` is its mode, which a sale at the counter does not have, and
/// `earned` that of the credit.
pub fn keeps_credit(
    paid: Money,
    least: Money,
    purchase: Option<StripeMode>,
    earned: Option<StripeMode>,
) -> bool {
    let counts = paid.is_positive() && paid.cents() >= least.cents();
    counts && (purchase.is_none() || purchase == earned)
}

/// How a reversal of `reversed` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// What the referrer no longer has.
    pub taken_back: Money,
    /// What goes back at once, because it took the balance below zero.
    pub restored: Option<Money>,
}

/// Decides how a reversal ends after which the balance is `ending`: it never leaves a debt.
pub fn reversal(reversed: Money, ending: Option<StripeAmount>) -> Reversal {
    let restored = ending.and_then(|ending| overdraft(reversed, ending));
    let back = restored.map_or(0, Money::cents);
    Reversal {
        taken_back: Money::new(reversed.cents() - back, reversed.currency()),
        restored,
    }
}

/// Why a purchase cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotUndone {
    /// It was undone before.
    Before,
    /// Nothing was paid.
    NotPaid,
    /// It was paid on Stripe's page, and only a refund gives that money back.
    PaidOnline,
    /// Stripe has not confirmed yet the credit that it earned.
    Unsettled,
}

/// Whether a purchase can be undone: only a paid sale in person.
///
/// # Errors
/// Says why not.
pub fn may_undo(state: PurchaseState, in_person: bool) -> Result<(), NotUndone> {
    match state {
        _ if !in_person => Err(NotUndone::PaidOnline),
        PurchaseState::Undone => Err(NotUndone::Before),
        PurchaseState::Paid => Ok(()),
        PurchaseState::Open
        | PurchaseState::Processing
        | PurchaseState::Failed
        | PurchaseState::Expired => Err(NotUndone::NotPaid),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    #[test]
    fn only_what_stripe_has_is_reversed() {
        let earned = |state, was_sent| take_back(CreditKind::Earned, state, was_sent);
        for was_sent in [false, true] {
            assert_eq!(earned(CreditState::Issued, was_sent), TakeBack::Reverse);
            assert_eq!(earned(CreditState::Failed, was_sent), TakeBack::Withdraw);
        }
        assert_eq!(earned(CreditState::Due, false), TakeBack::Withdraw);
        assert_eq!(earned(CreditState::Due, true), TakeBack::Unsettled);
    }

    #[test]
    fn a_credit_that_is_being_moved_arrives_first() {
        for was_sent in [false, true] {
            let moved = |kind, state| take_back(kind, state, was_sent);
            for state in [CreditState::Due, CreditState::Issued, CreditState::Failed] {
                assert_eq!(moved(CreditKind::MovedOut, state), TakeBack::Unsettled);
            }
            let arrived = moved(CreditKind::MovedIn, CreditState::Issued);
            assert_eq!(arrived, TakeBack::Reverse);
            let due = moved(CreditKind::MovedIn, CreditState::Due);
            assert_eq!(due, TakeBack::Unsettled);
        }
    }

    #[test]
    fn what_is_taken_back_or_restored_is_settled_before_the_next_step() {
        for kind in [CreditKind::Reversed, CreditKind::Restored] {
            for was_sent in [false, true] {
                let of = |state| take_back(kind, state, was_sent);
                assert_eq!(of(CreditState::Due), TakeBack::Unsettled);
                assert_eq!(of(CreditState::Issued), TakeBack::Reverse);
                assert_eq!(of(CreditState::Failed), TakeBack::Reverse);
            }
        }
    }

    #[test]
    fn a_purchase_that_would_have_earned_it_keeps_the_credit() {
        let paid = |cents| Money::new(cents, Currency::Usd);
        let (test, live) = (Some(StripeMode::Test), Some(StripeMode::Live));
        let keeps = |cents, purchase, earned| keeps_credit(paid(cents), paid(0), purchase, earned);
        for earned in [test, live] {
            assert!(keeps(1, None, earned), "at the counter");
            assert!(keeps(1, earned, earned));
            assert!(!keeps(0, None, earned), "by credit alone");
        }
        assert!(!keeps(1, test, live));
        assert!(!keeps(1, live, test));
        let least = |cents| keeps_credit(paid(cents), paid(2500), live, live);
        assert!(least(2500) && !least(2499), "the least that counts");
    }

    #[test]
    fn only_a_paid_sale_in_person_is_undone() {
        for state in PurchaseState::ALL {
            assert_eq!(may_undo(state, false), Err(NotUndone::PaidOnline));
            let expected = match state {
                PurchaseState::Paid => Ok(()),
                PurchaseState::Undone => Err(NotUndone::Before),
                _ => Err(NotUndone::NotPaid),
            };
            assert_eq!(may_undo(state, true), expected);
        }
    }

    proptest! {
        #[test]
        fn a_reversal_leaves_no_debt_that_it_made(cents in 1_i64..100_000, balance in -50_000_i64..50_000) {
            let reversed = Money::new(cents, Currency::Usd);
            // Stripe's sign: what is owed to the customer is below zero.
            let ending = StripeAmount::new(cents - balance, Currency::Usd).unwrap();
            let end = reversal(reversed, Some(ending));
            let restored = end.restored.map_or(0, Money::cents);
            prop_assert_eq!(end.taken_back.cents() + restored, cents);
            prop_assert_eq!(end.taken_back.cents(), cents.min(balance.max(0)));
            prop_assert_eq!(reversal(reversed, None).restored, None);
        }
    }
}
