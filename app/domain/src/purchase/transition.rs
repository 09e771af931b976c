//! Applies a Checkout event to a purchase. Only this function decides when a purchase became paid.

use crate::purchase::{CheckoutEvent, PurchaseState, Total, counts_as_purchase, state_after};

/// Whether a job must still decide if a purchase earns a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditCheck {
    /// The purchase is not paid.
    None,
    /// The purchase is paid and waits for the job's decision.
    Due,
    /// The decision was made, or none is needed.
    Done,
}

impl CreditCheck {
    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Due => "due",
            Self::Done => "done",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::None, Self::Due, Self::Done]
            .into_iter()
            .find(|check| check.code() == code)
    }
}

/// What an event changes about a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The state after the event.
    pub state: PurchaseState,
    /// The event made the purchase paid.
    pub newly_paid: bool,
    /// The event made the purchase paid with an amount above zero, so it may earn a credit.
    pub counts: bool,
}

impl Transition {
    /// The new value for the purchase's credit check; `None` leaves it unchanged.
    pub fn credit_check(self) -> Option<CreditCheck> {
        match (self.newly_paid, self.counts) {
            (false, _) => None,
            (true, true) => Some(CreditCheck::Due),
            (true, false) => Some(CreditCheck::Done),
        }
    }
}

/// Applies `event` to a purchase in state `before`. `was_paid` says that the purchase was paid at
/// any time. What is paid in another currency than the purchase's earns nothing.
pub fn transition(
    before: PurchaseState,
    was_paid: bool,
    event: CheckoutEvent,
    total: &Total,
) -> Transition {
    let state = state_after(before, event);
    let newly_paid = state == PurchaseState::Paid && !was_paid;
    Transition {
        state,
        newly_paid,
        counts: newly_paid
            && total
                .asked()
                .is_some_and(|paid| counts_as_purchase(state, paid)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        foreign_amount::ForeignAmount,
        money::{Currency, Money},
    };

    const EVENTS: [CheckoutEvent; 5] = [
        CheckoutEvent::Paid,
        CheckoutEvent::CompletedUnpaid,
        CheckoutEvent::AsyncSucceeded,
        CheckoutEvent::AsyncFailed,
        CheckoutEvent::Expired,
    ];

    fn usd(cents: i64) -> Total {
        Total::Asked(Money::new(cents, Currency::Usd))
    }

    #[test]
    fn a_payment_of_nothing_is_paid_and_earns_nothing() {
        let free = transition(PurchaseState::Open, false, CheckoutEvent::Paid, &usd(0));
        assert_eq!(free.state, PurchaseState::Paid);
        assert_eq!(free.credit_check(), Some(CreditCheck::Done));
        let paid = transition(PurchaseState::Open, false, CheckoutEvent::Paid, &usd(1));
        assert_eq!(paid.credit_check(), Some(CreditCheck::Due));
    }

    #[test]
    fn a_payment_in_another_currency_is_paid_and_earns_nothing() {
        let yen = Total::Foreign(ForeignAmount::new(18_000, "jpy").unwrap());
        let paid = transition(PurchaseState::Open, false, CheckoutEvent::Paid, &yen);
        assert_eq!((paid.state, paid.newly_paid), (PurchaseState::Paid, true));
        assert_eq!(paid.credit_check(), Some(CreditCheck::Done));
    }

    proptest! {
        /// Holds for events in any order, however late and however often Stripe delivers them.
        #[test]
        fn a_purchase_becomes_paid_once_at_most(
            events in proptest::collection::vec(proptest::sample::select(EVENTS.to_vec()), 0..8),
            cents in 0_i64..10_000,
        ) {
            let (mut state, mut was_paid, mut checks) = (PurchaseState::Open, false, Vec::new());
            for event in events {
                let moved = transition(state, was_paid, event, &usd(cents));
                checks.extend(moved.credit_check());
                (state, was_paid) = (moved.state, was_paid || moved.newly_paid);
            }
            prop_assert_eq!(was_paid, state == PurchaseState::Paid);
            prop_assert_eq!(checks.len(), usize::from(was_paid));
            let due = checks.contains(&CreditCheck::Due);
            prop_assert_eq!(due, was_paid && cents > 0);
        }
    }
}
