//! What an event makes of a purchase: the one place that says when it became paid and what follows.

use crate::{
    money::Money,
    purchase::{CheckoutNews, PurchaseState, after_news, counts_as_purchase},
};

/// Whether it is still to be decided if a purchase earns a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditCheck {
    /// It is not paid.
    None,
    /// It is paid, and a job decides.
    Due,
    /// It was decided, or there is nothing to decide.
    Done,
}

impl CreditCheck {
    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Due => "due",
            Self::Done => "done",
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::None, Self::Due, Self::Done]
            .into_iter()
            .find(|check| check.code() == code)
    }
}

/// From where a purchase stands to where an event moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Where it stands then.
    pub state: PurchaseState,
    /// It was not paid, and is.
    pub newly_paid: bool,
    /// It was not paid, and is, with more than nothing: a referral may earn its credit.
    pub counts: bool,
}

impl Transition {
    /// What is to be decided about its credit; `None`: as before.
    pub fn credit_check(self) -> Option<CreditCheck> {
        match (self.newly_paid, self.counts) {
            (false, _) => None,
            (true, true) => Some(CreditCheck::Due),
            (true, false) => Some(CreditCheck::Done),
        }
    }
}

/// What `news` makes of a purchase that stands at `before`. `was_paid`: it has been paid at any time.
/// `worth`: what the order is worth, after discounts and before the customer's balance.
pub fn transition(
    before: PurchaseState,
    was_paid: bool,
    news: CheckoutNews,
    worth: Money,
) -> Transition {
    let state = after_news(before, news);
    let newly_paid = state == PurchaseState::Paid && !was_paid;
    Transition {
        state,
        newly_paid,
        counts: newly_paid && counts_as_purchase(state, worth),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    const NEWS: [CheckoutNews; 5] = [
        CheckoutNews::Paid,
        CheckoutNews::CompletedUnpaid,
        CheckoutNews::AsyncSucceeded,
        CheckoutNews::AsyncFailed,
        CheckoutNews::Expired,
    ];

    fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    #[test]
    fn a_payment_of_nothing_is_paid_and_earns_nothing() {
        let free = transition(PurchaseState::Open, false, CheckoutNews::Paid, usd(0));
        assert_eq!(free.state, PurchaseState::Paid);
        assert_eq!(free.credit_check(), Some(CreditCheck::Done));
        let paid = transition(PurchaseState::Open, false, CheckoutNews::Paid, usd(1));
        assert_eq!(paid.credit_check(), Some(CreditCheck::Due));
    }

    proptest! {
        /// However late, often and out of order Stripe tells it.
        #[test]
        fn a_purchase_becomes_paid_once_at_most(
            told in proptest::collection::vec(proptest::sample::select(NEWS.to_vec()), 0..8),
            cents in 0_i64..10_000,
        ) {
            let (mut state, mut was_paid, mut checks) = (PurchaseState::Open, false, Vec::new());
            for news in told {
                let moved = transition(state, was_paid, news, usd(cents));
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
