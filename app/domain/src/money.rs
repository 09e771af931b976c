//! Money: an amount in cents with its currency, and its form on pages.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A currency that a site can trade in. Each one has two decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Currency {
    /// US dollar, the default (`docs/rules.md` 24).
    #[default]
    Usd,
    Cad,
    Eur,
    Gbp,
}

impl Currency {
    /// Every currency, in the order of a list on a page.
    pub const ALL: [Self; 4] = [Self::Usd, Self::Cad, Self::Eur, Self::Gbp];

    /// Stripe's code: three lower-case letters (ISO 4217).
    pub fn code(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::Cad => "cad",
            Self::Eur => "eur",
            Self::Gbp => "gbp",
        }
    }

    /// Reads Stripe's code in any case; `None` for a currency that no site can trade in.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|currency| currency.code().eq_ignore_ascii_case(code))
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Usd => "$",
            Self::Cad => "CA$",
            Self::Eur => "€",
            Self::Gbp => "£",
        }
    }
}

/// An amount in cents with its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    cents: i64,
    currency: Currency,
}

impl Money {
    pub const fn new(cents: i64, currency: Currency) -> Self {
        Self { cents, currency }
    }

    pub const fn cents(self) -> i64 {
        self.cents
    }

    pub const fn currency(self) -> Currency {
        self.currency
    }

    pub const fn is_positive(self) -> bool {
        self.cents > 0
    }

    /// The opposite amount, since a credit of $10.00 is a Stripe balance transaction of -$10.00.
    /// `None` if it does not fit into 64 bits.
    pub fn opposite(self) -> Option<Self> {
        Some(Self::new(self.cents.checked_neg()?, self.currency))
    }
}

/// Formats as `$1,250.00`, `-$10.00`, `CA$5.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.cents < 0 { "-" } else { "" };
        let cents = self.cents.unsigned_abs();
        let units = grouped(&(cents / 100).to_string());
        write!(
            f,
            "{sign}{}{units}.{:02}",
            self.currency.symbol(),
            cents % 100
        )
    }
}

/// The digits with a comma before each group of three.
pub(crate) fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_as_people_write_it() {
        let usd = |cents| Money::new(cents, Currency::Usd).to_string();
        assert_eq!(usd(1000), "$10.00");
        assert_eq!(usd(5), "$0.05");
        assert_eq!(usd(125_000), "$1,250.00");
        assert_eq!(usd(123_456_789), "$1,234,567.89");
        assert_eq!(usd(-1000), "-$10.00");
        assert_eq!(usd(i64::MIN), "-$92,233,720,368,547,758.08");
        assert_eq!(Money::new(500, Currency::Cad).to_string(), "CA$5.00");
    }

    #[test]
    fn the_opposite_of_the_smallest_number_does_not_exist() {
        assert_eq!(Money::new(i64::MIN, Currency::Usd).opposite(), None);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_the_amount(cents in any::<i64>()) {
            let shown = Money::new(cents, Currency::Usd).to_string();
            let digits: String = shown.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
            prop_assert_eq!(digits.parse::<i64>().unwrap(), cents);
        }

        #[test]
        fn a_currency_survives_its_code(index in 0..Currency::ALL.len()) {
            let currency = Currency::ALL[index];
            prop_assert_eq!(Currency::parse(&currency.code().to_uppercase()), Some(currency));
        }
    }
}
