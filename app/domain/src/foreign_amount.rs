//! Amounts in currencies that a site may not trade in, as Stripe states them.

use std::fmt;

use crate::money::{Currency, Money, grouped};

/// An amount in a currency other than the one that was asked for. It is shown and never computed
/// with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignAmount {
    units: i64,
    code: String,
}

impl ForeignAmount {
    /// `units` are Stripe's smallest units of the currency `code`. `None` if `code` is not a
    /// currency code: three letters (ISO 4217).
    pub fn new(units: i64, code: &str) -> Option<Self> {
        let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_code.then(|| Self {
            units,
            code: code.to_ascii_lowercase(),
        })
    }

    /// The amount in the smallest units of its currency.
    pub fn units(&self) -> i64 {
        self.units
    }

    /// Stripe's code: three lower-case letters.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What somebody with this credit at Stripe is told, where things are sold in `here` alone.
    pub fn credit_sentence(&self, here: Currency) -> String {
        format!(
            "You also have a credit of {self}. This site sells in {}, so you cannot use it here.",
            here.code().to_ascii_uppercase()
        )
    }

    /// How many decimals Stripe's smallest units have (Stripe, "Supported currencies", zero-decimal
    /// and three-decimal currencies).
    fn decimals(&self) -> usize {
        match self.code.as_str() {
            "bif" | "clp" | "djf" | "gnf" | "jpy" | "kmf" | "krw" | "mga" | "pyg" | "rwf"
            | "vnd" | "vuv" | "xaf" | "xof" | "xpf" => 0,
            "bhd" | "jod" | "kwd" | "omr" | "tnd" => 3,
            _ => 2,
        }
    }
}

impl From<Money> for ForeignAmount {
    fn from(money: Money) -> Self {
        Self {
            units: money.cents(),
            code: money.currency().code().to_owned(),
        }
    }
}

/// Formats as `18,000 JPY`, `€45.00`, `1.500 KWD`.
impl fmt::Display for ForeignAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(currency) = Currency::parse(&self.code) {
            return Money::new(self.units, currency).fmt(f);
        }
        let decimals = self.decimals();
        let digits = format!("{:0>1$}", self.units.unsigned_abs(), decimals + 1);
        let (whole, part) = digits.split_at(digits.len() - decimals);
        let sign = if self.units < 0 { "-" } else { "" };
        let point = if decimals == 0 { "" } else { "." };
        let code = self.code.to_ascii_uppercase();
        write!(f, "{sign}{}{point}{part} {code}", grouped(whole))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_currency_has_its_own_decimals() {
        for (units, code, shown) in [
            (18_000, "jpy", "18,000 JPY"),
            (0, "JPY", "0 JPY"),
            (1_500, "kwd", "1.500 KWD"),
            (7, "kwd", "0.007 KWD"),
            (4_500, "xts", "45.00 XTS"),
            (5, "sek", "0.05 SEK"),
            (-123_456_789, "krw", "-123,456,789 KRW"),
            (4_500, "eur", "€45.00"),
        ] {
            let amount = ForeignAmount::new(units, code).unwrap();
            assert_eq!(amount.to_string(), shown);
        }
    }

    #[test]
    fn credit_in_another_currency_is_told_as_what_it_is() {
        let yen = ForeignAmount::new(18_000, "jpy").unwrap();
        let told = yen.credit_sentence(Currency::Usd);
        assert!(
            told.contains("18,000 JPY") && told.contains("sells in USD"),
            "{told}"
        );
        let cad = ForeignAmount::from(Money::new(500, Currency::Cad));
        assert_eq!(cad.to_string(), "CA$5.00");
    }

    #[test]
    fn a_currency_has_three_letters() {
        for code in ["", "us", "usdc", "u$d", "1sd", "\u{e9}ur"] {
            assert_eq!(ForeignAmount::new(1, code), None, "{code}");
        }
    }

    proptest! {
        #[test]
        fn no_digit_is_lost(units in any::<i64>(), code in "[a-z]{3}") {
            let shown = ForeignAmount::new(units, &code).unwrap().to_string();
            let digits: String = shown.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
            prop_assert_eq!(digits.parse::<i64>().unwrap(), units);
        }
    }
}
