//! Spending a credit on a purchase that is paid once: how much of the price it pays, what a
//! confirmed debit means, and what goes back when the purchase ends without a payment.
//!
//! Stripe applies a customer balance to invoices alone, so memberships spend it by themselves. For
//! tickets, courses and shop items we debit the balance first and lower the price by a coupon
//! (`docs/rules.md` 36).

use crate::{
    credit::StripeAmount,
    money::{Currency, Money},
    purchase::PurchaseState,
};

/// Why a debit goes back to the balance. A purchase has at most one return for each cause, and one for
/// each refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnCause {
    /// The purchase ended without a payment: the Checkout session expired or was released, Stripe
    /// refused it, or a delayed payment failed.
    NotPaid,
    /// The debit took more than there was: an invoice used the balance in the meantime.
    Overdraft,
    /// An admin undid the counter sale.
    Undone,
    /// The purchase was refunded, perhaps in part: one return for each refund.
    Refunded,
}

impl ReturnCause {
    pub const ALL: [Self; 4] = [Self::NotPaid, Self::Overdraft, Self::Undone, Self::Refunded];

    /// The value in the database and in the idempotency key.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotPaid => "not_paid",
            Self::Overdraft => "overdraft",
            Self::Undone => "undone",
            Self::Refunded => "refunded",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }
}

/// The credit that pays for a part of `price` or for all of it; `None` if none can be used.
///
/// What is left to pay is nothing, or at least what Stripe charges at least; of a price just above
/// the available credit, the credit pays less than it could (`docs/rules.md` 36).
pub fn credit_to_spend(price: Money, available: Money) -> Option<Money> {
    let currency = price.currency();
    if available.currency() != currency || !available.is_positive() || !price.is_positive() {
        return None;
    }
    let credit = price.cents().min(available.cents());
    let least = currency.least_charge().cents();
    let left = price.cents() - credit;
    let credit = match left == 0 || left >= least {
        true => credit,
        false => price.cents() - least,
    };
    (credit > 0).then(|| Money::new(credit, currency))
}

/// Why a counter sale cannot use as much credit as was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSpendable {
    /// The product costs less.
    MoreThanPrice,
    /// The member has only this much.
    MoreThanAvailable(Money),
}

/// Whether a counter sale at `price` can take `wanted` of the `available` credit. The rest is paid at
/// the counter, so that Stripe's least charge does not matter.
///
/// # Errors
/// Says what there is less of.
pub fn credit_at_counter(
    price: Money,
    available: Money,
    wanted: Money,
) -> Result<Money, NotSpendable> {
    let same = wanted.currency() == price.currency() && wanted.currency() == available.currency();
    if !same || wanted.cents() > available.cents() {
        let left = available.cents().max(0);
        return Err(NotSpendable::MoreThanAvailable(Money::new(
            left,
            available.currency(),
        )));
    }
    match wanted.cents() > price.cents() {
        true => Err(NotSpendable::MoreThanPrice),
        false => Ok(wanted),
    }
}

/// Whether a purchase may go on at `to_pay` after its page said `shown`: nobody pays more than the
/// page said.
pub fn is_as_shown(shown: Money, to_pay: Money) -> bool {
    shown.currency() == to_pay.currency() && to_pay.cents() <= shown.cents()
}

/// By how much a debit of `spent` took the balance below zero: the part that was not there.
/// `ending` is the balance after the debit; above zero at Stripe is a debt of the customer (Stripe,
/// "Customer credit balance").
pub fn overdraft(spent: Money, ending: StripeAmount) -> Option<Money> {
    let debt = ending.cents().clamp(0, spent.cents().max(0));
    (debt > 0 && ending.currency() == spent.currency()).then(|| Money::new(debt, spent.currency()))
}

/// Where a purchase takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the site: what credit does not cover is paid on Stripe's page.
    Online,
    /// At the counter: what credit does not cover was paid there.
    Counter,
}

/// What follows once Stripe has the debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterDebit {
    /// Nothing is left to pay: the debit is the payment, or the last part of it.
    Paid,
    /// The rest is paid on Stripe's page.
    Checkout,
    /// The debit goes back, and the purchase ends unless it has already.
    Return(ReturnCause),
}

/// Decides what follows once Stripe has the debit of `spent` for a purchase of this `price`.
pub fn after_debit(
    state: PurchaseState,
    place: Place,
    price: Money,
    spent: Money,
    overdraft: Option<Money>,
) -> AfterDebit {
    match state {
        PurchaseState::Open if overdraft.is_some() => AfterDebit::Return(ReturnCause::Overdraft),
        PurchaseState::Open if spent == price || place == Place::Counter => AfterDebit::Paid,
        PurchaseState::Open | PurchaseState::Processing | PurchaseState::Paid => {
            AfterDebit::Checkout
        }
        PurchaseState::Failed | PurchaseState::Expired => AfterDebit::Return(ReturnCause::NotPaid),
        PurchaseState::Undone => AfterDebit::Return(ReturnCause::Undone),
    }
}

/// What is still to be returned of a debit of `spent`, of which `returned` went back before;
/// `None` if nothing is left.
pub fn left_to_return(spent: Money, returned: Money) -> Option<Money> {
    let left = spent.cents().checked_sub(returned.cents())?;
    (left > 0 && returned.currency() == spent.currency())
        .then(|| Money::new(left, spent.currency()))
}

/// Whether what Stripe charged and the credit make the price.
fn makes_the_price(price: Money, charged: Money, spent: Money) -> bool {
    let same = charged.currency() == price.currency() && spent.currency() == price.currency();
    same && charged.cents().checked_add(spent.cents()) == Some(price.cents())
}

/// How a payment differs from its price, in words; `None` if what was charged and the credit make it.
pub fn differs_from_price(price: Money, charged: Money, spent: Money) -> Option<String> {
    if makes_the_price(price, charged, spent) {
        return None;
    }
    Some(match spent.is_positive() {
        true => format!("{charged} charged and {spent} of credit do not make {price}"),
        false => format!("{charged} charged instead of {price}"),
    })
}

impl Currency {
    /// What Stripe charges at least (Stripe, "Supported currencies", minimum charge amounts).
    pub fn least_charge(self) -> Money {
        let cents = match self {
            Self::Usd | Self::Cad | Self::Eur => 50,
            Self::Gbp => 30,
        };
        Money::new(cents, self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    fn at_stripe(cents: i64) -> StripeAmount {
        StripeAmount::new(cents, Currency::Usd).unwrap()
    }

    #[test]
    fn credit_pays_what_it_can_and_leaves_nothing_that_stripe_refuses() {
        for (price, available, credit) in [
            (3000, 1000, Some(1000)),
            (1000, 1000, Some(1000)),
            (1000, 5000, Some(1000)),
            (1049, 1000, Some(999)),
            (1050, 1000, Some(1000)),
            (50, 20, None),
            (40, 20, None),
            (40, 40, Some(40)),
            (1000, 0, None),
            (1000, -500, None),
            (0, 1000, None),
        ] {
            let decided = credit_to_spend(usd(price), usd(available));
            assert_eq!(decided, credit.map(usd), "{price} with {available}");
        }
        let euros = Money::new(1000, Currency::Eur);
        assert_eq!(credit_to_spend(usd(1000), euros), None);
        let pounds = |cents| Money::new(cents, Currency::Gbp);
        let thirty_left = credit_to_spend(pounds(130), pounds(100));
        assert_eq!(thirty_left, Some(pounds(100)));
    }

    #[test]
    fn nobody_pays_more_than_the_page_said() {
        assert!(is_as_shown(usd(500), usd(500)));
        assert!(is_as_shown(usd(500), usd(499)));
        assert!(!is_as_shown(usd(500), usd(501)));
        assert!(!is_as_shown(Money::new(500, Currency::Eur), usd(500)));
    }

    #[test]
    fn only_the_debt_that_the_debit_made_is_an_overdraft() {
        for (spent, ending, over) in [
            (1000, -500, None),
            (1000, 0, None),
            (1000, 300, Some(300)),
            (1000, 4000, Some(1000)),
        ] {
            assert_eq!(overdraft(usd(spent), at_stripe(ending)), over.map(usd));
        }
        let euros = StripeAmount::new(300, Currency::Eur).unwrap();
        assert_eq!(overdraft(usd(1000), euros), None);
    }

    #[test]
    fn the_counter_takes_what_was_typed_or_says_why_not() {
        let take =
            |price, available, wanted| credit_at_counter(usd(price), usd(available), usd(wanted));
        assert_eq!(take(3500, 2000, 2000), Ok(usd(2000)));
        assert_eq!(take(3500, 2000, 1), Ok(usd(1)));
        assert_eq!(take(3500, 3490, 3490), Ok(usd(3490)), "ten cents are left");
        assert_eq!(take(1500, 2000, 1500), Ok(usd(1500)));
        let less = NotSpendable::MoreThanAvailable(usd(2000));
        assert_eq!(take(3500, 2000, 2001), Err(less));
        assert_eq!(take(1500, 2000, 1501), Err(NotSpendable::MoreThanPrice));
        let none = NotSpendable::MoreThanAvailable(usd(0));
        assert_eq!(take(1500, -300, 1), Err(none), "a debt");
        let euros = Money::new(100, Currency::Eur);
        assert_eq!(credit_at_counter(usd(1500), usd(2000), euros), Err(less));
    }

    #[test]
    fn a_debit_pays_holds_or_goes_back() {
        let after = |state, spent, over: Option<i64>| {
            after_debit(state, Place::Online, usd(1000), usd(spent), over.map(usd))
        };
        let counter = |spent, over: Option<i64>| {
            let (open, place) = (PurchaseState::Open, Place::Counter);
            after_debit(open, place, usd(1000), usd(spent), over.map(usd))
        };
        for spent in [1, 999, 1000] {
            assert_eq!(counter(spent, None), AfterDebit::Paid);
            let over = counter(spent, Some(1));
            assert_eq!(over, AfterDebit::Return(ReturnCause::Overdraft));
        }
        assert_eq!(after(PurchaseState::Open, 1000, None), AfterDebit::Paid);
        assert_eq!(after(PurchaseState::Open, 999, None), AfterDebit::Checkout);
        for spent in [999, 1000] {
            let over = after(PurchaseState::Open, spent, Some(1));
            assert_eq!(over, AfterDebit::Return(ReturnCause::Overdraft));
            for state in [PurchaseState::Expired, PurchaseState::Failed] {
                for overdraft in [None, Some(1)] {
                    let late = after(state, spent, overdraft);
                    assert_eq!(late, AfterDebit::Return(ReturnCause::NotPaid));
                }
            }
        }
    }

    #[test]
    fn a_payment_that_is_not_the_price_is_told() {
        let differs = |charged, spent| differs_from_price(usd(3500), usd(charged), usd(spent));
        assert_eq!(differs(1500, 2000), None);
        assert_eq!(differs(3500, 0), None);
        let with_credit = "$10.00 charged and $20.00 of credit do not make $35.00";
        assert_eq!(differs(1000, 2000).as_deref(), Some(with_credit));
        let without = differs(1000, 0).unwrap();
        assert_eq!(without, "$10.00 charged instead of $35.00");
        let more = differs(4000, 0).unwrap();
        assert_eq!(more, "$40.00 charged instead of $35.00");
    }

    #[test]
    fn causes_are_read_back() {
        for cause in ReturnCause::ALL {
            assert_eq!(ReturnCause::parse(cause.code()), Some(cause));
        }
        assert_eq!(ReturnCause::parse("paid"), None);
    }

    proptest! {
        #[test]
        fn credit_and_rest_make_the_price(price in 1_i64..100_000, available in 0_i64..100_000) {
            let Some(credit) = credit_to_spend(usd(price), usd(available)) else {
                let least = Currency::Usd.least_charge().cents();
                prop_assert!(available == 0 || (available < price && price <= least));
                return Ok(());
            };
            let left = price - credit.cents();
            prop_assert!(credit.is_positive() && credit.cents() <= available);
            prop_assert!(left == 0 || left >= Currency::Usd.least_charge().cents());
            prop_assert!(makes_the_price(usd(price), usd(left), credit));
            prop_assert!(!makes_the_price(usd(price), usd(left + 1), credit));
        }

        #[test]
        fn never_more_goes_back_than_was_spent(
            spent in 1_i64..100_000,
            parts in proptest::collection::vec(1_i64..100_000, 0..4),
        ) {
            let mut returned = 0;
            for part in parts {
                if let Some(left) = left_to_return(usd(spent), usd(returned)) {
                    returned += left.cents().min(part);
                }
            }
            prop_assert!(returned <= spent);
            let left = left_to_return(usd(spent), usd(returned)).map_or(0, Money::cents);
            prop_assert_eq!(returned + left, spent);
        }
    }
}
