//! Amounts typed by an admin: whole cents (1000 is $10.00).

use crate::money::Money;

/// The maximum amount, because Stripe accepts at most eight digits of cents.
pub const AMOUNT_MAX_CENTS: i64 = 99_999_999;

/// Why typed text is not an amount, and what to type instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text begins with a minus sign.
    #[error("The amount cannot be less than 0.")]
    Negative,
    /// The text contains something other than digits.
    #[error("Enter whole cents, digits only: 1000 is $10.00.")]
    NotCents,
    /// More than [`AMOUNT_MAX_CENTS`].
    #[error("The maximum is 99999999, which is $999,999.99.")]
    TooMuch,
}

/// Reads whole cents, ignoring surrounding spaces. Empty text is 0 (`docs/rules.md` 14).
///
/// # Errors
/// [`AmountError`] says what is wrong.
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

/// Formats several amounts in one line: `$120.00`, `$120.00 + €10.00`; `none` if there are none.
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
