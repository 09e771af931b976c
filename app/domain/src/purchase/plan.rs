//! The two plans of PewPros and CoachPros, at their prices (`docs/rules.md` 23).

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};

/// By the year or by the month (`docs/rules.md` 23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// Paid once a year.
    Annual,
    /// Paid every month.
    Monthly,
}

impl Plan {
    /// Both, in the order of the pricing page.
    pub const ALL: [Self; 2] = [Self::Annual, Self::Monthly];

    /// The word in addresses, in the database and in Stripe's metadata.
    pub fn code(self) -> &'static str {
        match self {
            Self::Annual => "annual",
            Self::Monthly => "monthly",
        }
    }

    /// Reads [`Self::code`] back; `None` for a plan that is not sold.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.code() == code)
    }

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Annual => "Annual",
            Self::Monthly => "Monthly",
        }
    }

    /// What it costs each period.
    pub fn price(self) -> Money {
        let cents = match self {
            Self::Annual => 125_000,
            Self::Monthly => 12_500,
        };
        Money::new(cents, Currency::Usd)
    }

    /// The price as people read it: `$1,250/yr`, `$125/mo`.
    pub fn price_line(self) -> String {
        let price = self.price().to_string();
        let whole = price.strip_suffix(".00").unwrap_or(&price);
        match self {
            Self::Annual => format!("{whole}/yr"),
            Self::Monthly => format!("{whole}/mo"),
        }
    }

    /// What a year costs less than by the month; `None` where it costs the same.
    pub fn saved_in_a_year(self) -> Option<Money> {
        const MONTHS: i64 = 12;
        let by_the_month = Self::Monthly.price().cents() * MONTHS;
        let year = match self {
            Self::Annual => self.price().cents(),
            Self::Monthly => by_the_month,
        };
        let saved = Money::new(by_the_month - year, self.price().currency());
        saved.is_positive().then_some(saved)
    }
}

/// What a subscription to `plan` (`Plan::code`) costs, of whose Checkout session Stripe says this total in
/// cents and this currency; the plan's own price where Stripe does not say. `None` where nobody knows: in a
/// currency that we do not trade in, or for a plan that is none of ours.
pub fn plan_total(total: Option<i64>, currency: Option<&str>, plan: &str) -> Option<Money> {
    let price = || Plan::parse(plan).map(Plan::price);
    let currency = match currency {
        Some(code) => Currency::parse(code)?,
        None => price()?.currency(),
    };
    match total {
        Some(cents) => Some(Money::new(cents, currency)),
        None => price().filter(|price| price.currency() == currency),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prices_are_the_guides() {
        assert_eq!(
            Plan::ALL.map(|plan| format!("{} {}", plan.label(), plan.price_line())),
            ["Annual $1,250/yr", "Monthly $125/mo"]
        );
    }

    #[test]
    fn a_year_at_once_saves_two_months() {
        let saved = Money::new(25_000, Currency::Usd);
        assert_eq!(Plan::Annual.saved_in_a_year(), Some(saved));
        assert_eq!(Plan::Monthly.saved_in_a_year(), None);
    }

    #[test]
    fn each_plan_survives_its_code() {
        for plan in Plan::ALL {
            assert_eq!(Plan::parse(plan.code()), Some(plan));
        }
        assert_eq!(Plan::parse("weekly"), None);
    }

    #[test]
    fn what_stripe_does_not_say_is_the_plans_price_or_unknown() {
        let (code, price) = (Plan::Monthly.code(), Plan::Monthly.price());
        assert_eq!(plan_total(None, None, code), Some(price));
        assert_eq!(plan_total(None, Some("usd"), code), Some(price));
        let ten_euros = Some(Money::new(1000, Currency::Eur));
        assert_eq!(plan_total(Some(1000), Some("EUR"), "another"), ten_euros);
        for (total, currency, plan) in [
            (None, None, "another"),
            (None, Some("usd"), "another"),
            (None, Some("eur"), code),
            (Some(1000), None, "another"),
            (Some(1000), Some("xts"), code),
        ] {
            assert_eq!(
                plan_total(total, currency, plan),
                None,
                "{total:?} {currency:?} {plan}"
            );
        }
    }
}
