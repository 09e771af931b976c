//! What Stripe charges for a purchase: an amount in the currency that was asked for, or in another
//! one, from which nothing is decided (`docs/rules.md` 46).

use super::Plan;
use crate::{
    foreign_amount::ForeignAmount,
    money::{Currency, Money},
};

/// The total of a Checkout session, after discounts and before the customer balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Total {
    /// In the currency of the purchase.
    Asked(Money),
    /// In another currency. It may have been paid, but it is no first purchase.
    Foreign(ForeignAmount),
}

impl Total {
    /// The amount, if it is in the currency of the purchase.
    pub fn asked(&self) -> Option<Money> {
        match self {
            Self::Asked(money) => Some(*money),
            Self::Foreign(_) => None,
        }
    }

    /// The amount, if it is in another currency.
    pub fn foreign(&self) -> Option<&ForeignAmount> {
        match self {
            Self::Asked(_) => None,
            Self::Foreign(amount) => Some(amount),
        }
    }

    /// Reads Stripe's `amount_total` and `currency`; `None` if there is no `total`, or the currency
    /// is no currency code.
    fn read(total: Option<i64>, currency: &str, asked: Currency) -> Option<Self> {
        let total = total?;
        match Currency::parse(currency) == Some(asked) {
            true => Some(Self::Asked(Money::new(total, asked))),
            false => ForeignAmount::new(total, currency).map(Self::Foreign),
        }
    }
}

/// What a purchase of this `price` came to, of which Stripe says this total in the smallest units of
/// this currency; the price where Stripe does not say. `None` if Stripe names another currency but
/// no total, or no currency code.
pub fn purchase_total(price: Money, total: Option<i64>, currency: Option<&str>) -> Option<Total> {
    let asked = price.currency();
    match currency {
        Some(code) if Currency::parse(code) != Some(asked) => Total::read(total, code, asked),
        _ => Some(Total::Asked(Money::new(
            total.unwrap_or(price.cents()),
            asked,
        ))),
    }
}

/// What a subscription to `plan` ([`Plan::code`]) came to. Of a plan that is not sold, Stripe must
/// say both the total and the currency; otherwise `None`.
pub fn plan_total(total: Option<i64>, currency: Option<&str>, plan: &str) -> Option<Total> {
    match Plan::parse(plan) {
        Some(plan) => purchase_total(plan.price(), total, currency),
        None => Total::read(total, currency?, Plan::CURRENCY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(units: i64, code: &str) -> Option<Total> {
        ForeignAmount::new(units, code).map(Total::Foreign)
    }

    #[test]
    fn a_total_counts_in_the_currency_of_the_purchase() {
        let price = Money::new(4500, Currency::Usd);
        let total = |cents, code| purchase_total(price, cents, code);
        let less = Total::Asked(Money::new(4000, Currency::Usd));
        assert_eq!(total(None, None), Some(Total::Asked(price)));
        assert_eq!(total(Some(4000), None), Some(less));
        assert_eq!(total(Some(4500), Some("USD")), Some(Total::Asked(price)));
        for code in ["eur", "xts", "jpy"] {
            assert_eq!(total(Some(4500), Some(code)), foreign(4500, code));
            assert_eq!(total(None, Some(code)), None);
        }
        assert_eq!(total(Some(4500), Some("dollars")), None);
    }

    #[test]
    fn what_stripe_does_not_say_is_the_plans_price_or_unknown() {
        let (code, price) = (Plan::Monthly.code(), Plan::Monthly.price());
        let ours = Some(Total::Asked(price));
        assert_eq!(plan_total(None, None, code), ours);
        assert_eq!(plan_total(None, Some("usd"), code), ours);
        let ten = Some(Total::Asked(Money::new(1000, Currency::Usd)));
        assert_eq!(plan_total(Some(1000), Some("USD"), "another"), ten);
        for (total, currency, plan) in [
            (None, None, "another"),
            (None, Some("usd"), "another"),
            (None, Some("eur"), code),
            (Some(1000), None, "another"),
        ] {
            let unknown = plan_total(total, currency, plan);
            assert_eq!(unknown, None, "{total:?} {currency:?} {plan}");
        }
    }

    #[test]
    fn eighteen_thousand_yen_are_no_dollars() {
        for plan in ["annual", "another"] {
            let total = plan_total(Some(18_000), Some("jpy"), plan).unwrap();
            assert_eq!(total.asked(), None);
            assert_eq!(total.foreign().unwrap().to_string(), "18,000 JPY");
        }
    }
}
