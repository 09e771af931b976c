//! The two plans that PewPros and CoachPros sell, and their prices (`docs/rules.md` 23).

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};

/// How often a plan is paid (`docs/rules.md` 23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    Annual,
    Monthly,
}

impl Plan {
    /// Both plans in the order of the pricing page.
    pub const ALL: [Self; 2] = [Self::Annual, Self::Monthly];

    /// The currency of the platform program: of the plans, and of what a referral earns
    /// (`docs/rules.md` 24).
    pub const CURRENCY: Currency = Currency::Usd;

    /// The value in URLs, in the database and in Stripe's metadata.
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

    /// The name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Annual => "Annual",
            Self::Monthly => "Monthly",
        }
    }

    /// The price of one period.
    pub fn price(self) -> Money {
        let cents = match self {
            Self::Annual => 125_000,
            Self::Monthly => 12_500,
        };
        Money::new(cents, Self::CURRENCY)
    }

    /// The price on pages: `$1,250/yr`, `$125/mo`.
    pub fn price_line(self) -> String {
        let price = self.price().to_string();
        let whole = price.strip_suffix(".00").unwrap_or(&price);
        match self {
            Self::Annual => format!("{whole}/yr"),
            Self::Monthly => format!("{whole}/mo"),
        }
    }

    /// How much a year of this plan costs less than twelve months of [`Self::Monthly`]; `None` if
    /// nothing.
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

    /// The same in months of [`Self::Monthly`]; `None` if it is nothing, or not a whole number of them.
    pub fn free_months(self) -> Option<i64> {
        let (saved, month) = (
            self.saved_in_a_year()?.cents(),
            Self::Monthly.price().cents(),
        );
        (saved % month == 0).then_some(saved / month)
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
        assert_eq!(Plan::ALL.map(Plan::free_months), [Some(2), None]);
    }

    #[test]
    fn each_plan_survives_its_code() {
        for plan in Plan::ALL {
            assert_eq!(Plan::parse(plan.code()), Some(plan));
        }
        assert_eq!(Plan::parse("weekly"), None);
    }
}
