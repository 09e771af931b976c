//! Amounts as an admin types them: whole cents (1000 is $10.00).

use crate::money::Money;

/// The most that one amount can be: Stripe takes at most eight digits of cents.
pub const AMOUNT_MAX_CENTS: i64 = 99_999_999;

/// Why what was typed is no amount, with what to type instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// A sign before it.
    #[error("The amount cannot be less than 0.")]
    Negative,
    /// Anything but digits.
    #[error("Enter whole cents, digits only: 1000 is $10.00.")]
    NotCents,
    /// Beyond [`AMOUNT_MAX_CENTS`].
    #[error("The maximum is 99999999, which is $999,999.99.")]
    TooMuch,
}

/// Reads whole cents. Empty is 0 (`docs/rules.md` 14).
/// Spaces around it do not count.
///
/// # Errors
/// What is wrong with it.
pub fn parse_cents(typed: &str) -> Result<i64, AmountError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(0);
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(rest) = typed.strip_prefix(['-', '\u{2212}']) {
        return Err(if digits(rest) {
            AmountError::Negative
        } else {
            AmountError::NotCents
        });
    }
    if !digits(typed) {
        return Err(AmountError::NotCents);
    }
    match typed.parse::<i64>() {
        Ok(cents) if cents <= AMOUNT_MAX_CENTS => Ok(cents),
        _ => Err(AmountError::TooMuch),
    }
}

/// Several amounts as one text: `$120.00`, `$120.00 + €10.00`; `none` where there is nothing.
pub fn sum_line(amounts: &[Money], none: Money) -> String {
    if amounts.is_empty() {
        return none.to_string();
    }
    let texts: Vec<_> = amounts.iter().map(Money::to_string).collect();
    texts.join(" + ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    #[test]
    fn the_guides_examples() {
        assert_eq!(parse_cents("1000"), Ok(1000));
        assert_eq!(parse_cents(" 5000 "), Ok(5000));
    }

    #[test]
    fn nothing_is_zero() {
        for typed in ["", "   ", "0", "000", "\t\n"] {
            assert_eq!(parse_cents(typed), Ok(0), "{typed:?}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        for (typed, error) in [
            ("-1", AmountError::Negative),
            ("\u{2212}5", AmountError::Negative),
            ("--1", AmountError::NotCents),
            ("-", AmountError::NotCents),
            ("+1", AmountError::NotCents),
            ("1.5", AmountError::NotCents),
            ("1,000", AmountError::NotCents),
            ("1 000", AmountError::NotCents),
            ("1e3", AmountError::NotCents),
            ("ten", AmountError::NotCents),
            ("$10", AmountError::NotCents),
            ("٣", AmountError::NotCents),
            ("0x10", AmountError::NotCents),
            ("100000000", AmountError::TooMuch),
            ("9223372036854775808", AmountError::TooMuch),
        ] {
            assert_eq!(parse_cents(typed), Err(error), "{typed:?}");
        }
    }

    #[test]
    fn amounts_of_several_currencies_are_not_added_up() {
        let zero = Money::new(0, Currency::Usd);
        assert_eq!(sum_line(&[], zero), "$0.00");
        let two = [
            Money::new(12_000, Currency::Usd),
            Money::new(1000, Currency::Eur),
        ];
        assert_eq!(sum_line(&two, zero), "$120.00 + €10.00");
    }

    proptest! {
        #[test]
        fn every_amount_up_to_the_most_is_read(cents in 0..=AMOUNT_MAX_CENTS) {
            prop_assert_eq!(parse_cents(&cents.to_string()), Ok(cents));
        }

        #[test]
        fn nothing_that_a_person_types_breaks_it(typed in "\\PC*") {
            if let Ok(cents) = parse_cents(&typed) {
                prop_assert!((0..=AMOUNT_MAX_CENTS).contains(&cents));
            }
        }
    }
}
