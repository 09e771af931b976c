//! Amounts with Stripe's sign for customer balances.

use crate::money::{Currency, Money};

/// A balance, or a change of one, with Stripe's sign: below zero is in the customer's favor
/// (Stripe, "Customer credit balance").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StripeAmount(Money);

impl StripeAmount {
    /// Wraps an amount from Stripe in cents; `None` if its opposite does not fit into 64 bits.
    pub fn new(cents: i64, currency: Currency) -> Option<Self> {
        let amount = Money::new(cents, currency);
        amount.opposite().map(|_| Self(amount))
    }

    /// The change of the balance that issues `credit`; `None` if it does not fit into 64 bits.
    pub fn of_credit(credit: Money) -> Option<Self> {
        credit.opposite().map(Self)
    }

    /// The change of the balance that takes `amount` from it.
    pub fn of_debit(amount: Money) -> Option<Self> {
        Self::new(amount.cents(), amount.currency())
    }

    /// The amount in cents with Stripe's sign.
    pub fn cents(self) -> i64 {
        self.0.cents()
    }

    pub fn currency(self) -> Currency {
        self.0.currency()
    }

    /// The amount in the customer's favor: a credit of $10.00 is -$10.00 at Stripe.
    pub fn in_favor(self) -> Money {
        Money::new(-self.cents(), self.currency())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_is_below_zero_at_stripe() {
        let ten = Money::new(1000, Currency::Usd);
        let credit = StripeAmount::of_credit(ten).unwrap();
        assert_eq!((credit.cents(), credit.in_favor()), (-1000, ten));
        let debit = StripeAmount::of_debit(ten).unwrap();
        assert_eq!(debit.cents(), 1000);
        let owed = StripeAmount::new(500, Currency::Eur).unwrap();
        assert_eq!(owed.in_favor(), Money::new(-500, Currency::Eur));
    }

    #[test]
    fn an_amount_without_an_opposite_is_none() {
        assert_eq!(StripeAmount::new(i64::MIN, Currency::Usd), None);
        let least = Money::new(i64::MIN, Currency::Usd);
        assert_eq!(StripeAmount::of_credit(least), None);
    }
}
