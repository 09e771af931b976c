//! Amounts as Stripe signs them on a customer's balance.

use crate::money::{Currency, Money};

/// An amount on a customer's balance, or a change of it, as Stripe signs it: below zero is in the
/// customer's favor (Stripe, "Customer credit balance").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StripeAmount(Money);

impl StripeAmount {
    /// The amount that Stripe says; `None` where its opposite cannot be written in 64 bits.
    pub fn new(cents: i64, currency: Currency) -> Option<Self> {
        let amount = Money::new(cents, currency);
        amount.opposite().map(|_| Self(amount))
    }

    /// What a credit of so much is on the balance; `None` where that cannot be written in 64 bits.
    pub fn of_credit(credit: Money) -> Option<Self> {
        credit.opposite().map(Self)
    }

    /// Cents with Stripe's sign.
    pub fn cents(self) -> i64 {
        self.0.cents()
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.0.currency()
    }

    /// How much it is in the customer's favor: a credit of $10.00 stands at Stripe as -$10.00.
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
