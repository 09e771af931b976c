//! What of a member's credit cannot be used now, and why, in the member's words.

use serde::{Deserialize, Serialize};

use crate::{
    credit::{CreditKind, CreditState},
    money::{Currency, Money},
    purchase::PurchaseState,
};

/// Why an amount cannot be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReservedFor {
    /// A purchase that is not paid yet holds it.
    Unpaid,
    /// A purchase holds it whose payment Stripe is still waiting for.
    Processing,
    /// Stripe has not put it on the balance yet.
    Arriving,
}

/// Why a ledger row keeps its amount from being used; `None` if it does not. `purchase` is the state of
/// its purchase.
pub fn reserved_for(
    kind: CreditKind,
    state: CreditState,
    purchase: Option<PurchaseState>,
) -> Option<ReservedFor> {
    match (kind, state) {
        (CreditKind::Spent, CreditState::Issued) => match purchase? {
            PurchaseState::Open => Some(ReservedFor::Unpaid),
            PurchaseState::Processing => Some(ReservedFor::Processing),
            _ => None,
        },
        (CreditKind::Returned | CreditKind::Restored | CreditKind::MovedIn, CreditState::Due) => {
            Some(ReservedFor::Arriving)
        }
        _ => None,
    }
}

/// What of a member's credit cannot be used now (`docs/rules.md` 227). All amounts have one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserved {
    /// Held by purchases that are not paid yet.
    pub unpaid: Money,
    /// Held by purchases whose payment Stripe is still waiting for.
    pub processing: Money,
    /// On its way to the balance.
    pub arriving: Money,
}

impl Reserved {
    pub const fn nothing(currency: Currency) -> Self {
        let nothing = Money::new(0, currency);
        Self {
            unpaid: nothing,
            processing: nothing,
            arriving: nothing,
        }
    }

    /// Adds an amount of the same currency.
    pub fn add(&mut self, why: ReservedFor, amount: Money) {
        let sum = match why {
            ReservedFor::Unpaid => &mut self.unpaid,
            ReservedFor::Processing => &mut self.processing,
            ReservedFor::Arriving => &mut self.arriving,
        };
        *sum = Money::new(sum.cents().saturating_add(amount.cents()), sum.currency());
    }

    /// All of it.
    pub fn total(&self) -> Money {
        let held = self.unpaid.cents().saturating_add(self.processing.cents());
        let cents = held.saturating_add(self.arriving.cents());
        Money::new(cents, self.unpaid.currency())
    }

    pub fn is_positive(&self) -> bool {
        self.total().is_positive()
    }

    /// Says of each part why it is reserved, and what becomes of it.
    pub fn sentences(&self) -> Vec<String> {
        let unpaid = format!(
            "{} is reserved for a purchase that is not paid yet. If you do not pay, it comes back.",
            self.unpaid
        );
        let processing = format!(
            "{} is reserved for a purchase whose payment is still processing. That can take a few \
             days. If the payment fails, it comes back.",
            self.processing
        );
        let arriving = format!(
            "{} is on its way back to your credit. You can use it once it arrives. You do not need to \
             do anything.",
            self.arriving
        );
        let parts = [
            (self.unpaid, unpaid),
            (self.processing, processing),
            (self.arriving, arriving),
        ];
        let there = parts.into_iter().filter(|(amount, _)| amount.is_positive());
        there.map(|(_, sentence)| sentence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    #[test]
    fn a_debit_is_reserved_until_its_purchase_is_paid_and_a_return_until_it_is_posted() {
        let (due, issued) = (CreditState::Due, CreditState::Issued);
        let (unpaid, processing, arriving) = (
            Some(ReservedFor::Unpaid),
            Some(ReservedFor::Processing),
            Some(ReservedFor::Arriving),
        );
        for (kind, state, purchase, reserved) in [
            (CreditKind::Spent, issued, PurchaseState::Open, unpaid),
            (
                CreditKind::Spent,
                issued,
                PurchaseState::Processing,
                processing,
            ),
            (CreditKind::Spent, issued, PurchaseState::Paid, None),
            (CreditKind::Spent, issued, PurchaseState::Expired, None),
            (CreditKind::Spent, due, PurchaseState::Open, None),
            (CreditKind::Returned, due, PurchaseState::Expired, arriving),
            (CreditKind::Returned, issued, PurchaseState::Expired, None),
            (CreditKind::Returned, due, PurchaseState::Undone, arriving),
            (CreditKind::Reversed, due, PurchaseState::Undone, None),
            (CreditKind::Restored, due, PurchaseState::Undone, arriving),
            (CreditKind::MovedOut, due, PurchaseState::Paid, None),
            (CreditKind::MovedIn, due, PurchaseState::Paid, arriving),
        ] {
            assert_eq!(
                reserved_for(kind, state, Some(purchase)),
                reserved,
                "{kind:?} {purchase:?}"
            );
        }
        assert_eq!(reserved_for(CreditKind::Earned, due, None), None);
    }

    #[test]
    fn each_part_says_why_it_is_reserved() {
        let mut reserved = Reserved::nothing(Currency::Usd);
        assert!(!reserved.is_positive());
        assert!(reserved.sentences().is_empty());
        reserved.add(ReservedFor::Unpaid, usd(2000));
        reserved.add(ReservedFor::Processing, usd(300));
        reserved.add(ReservedFor::Arriving, usd(40));
        reserved.add(ReservedFor::Arriving, usd(5));
        assert_eq!(reserved.total(), usd(2345));
        let [unpaid, processing, arriving] = &reserved.sentences()[..] else {
            panic!("three reasons");
        };
        assert!(unpaid.starts_with("$20.00 is reserved for a purchase that is not paid yet."));
        // Nothing can be canceled of these.
        assert!(processing.starts_with("$3.00") && processing.contains("is still processing"));
        assert!(arriving.starts_with("$0.45 is on its way back to your credit."));
        assert!(!arriving.contains("pay"), "{arriving}");
    }
}
