//! Amounts for one referral that are so large that an admin is asked once whether they are meant
//! (`docs/rules.md` 222).

use crate::money::Money;

/// The most that is saved without a question, in cents of the program's currency.
const USUAL: i64 = 50_000;
/// An amount that is so many times the present one is asked about, too: it may have a zero too many.
const TIMES: i64 = 10;

/// The question before a referral earns `new` instead of `now`, for the place beside the amount;
/// `None` if nothing is unusual. A program that is off has no present amount to compare with.
pub fn unusual_amount(now: Money, new: Money) -> Option<String> {
    let (before, after) = (now.cents(), new.cents());
    let is_large = after > USUAL;
    let is_many_times = before > 0 && after / TIMES >= before;
    if after <= before || !(is_large || is_many_times) {
        return None;
    }
    let why = match before {
        ..=0 => format!("That is more than {}.", Money::new(USUAL, new.currency())),
        _ => format!("It is {now} now."),
    };
    Some(format!(
        "Is {new} for each referral right? {why} To save it, tick the box below."
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn question(now: i64, new: i64) -> Option<String> {
        let usd = |cents| Money::new(cents, Currency::Usd);
        unusual_amount(usd(now), usd(new))
    }

    #[test]
    fn an_amount_above_500_dollars_is_asked_about() {
        assert_eq!(question(0, 50_000), None);
        assert_eq!(
            question(0, 50_001).unwrap(),
            "Is $500.01 for each referral right? That is more than $500.00. To save it, tick the box below."
        );
        assert!(question(40_000, 60_000).is_some());
    }

    #[test]
    fn a_zero_too_many_is_asked_about() {
        assert_eq!(question(1000, 9999), None);
        assert_eq!(
            question(1000, 10_000).unwrap(),
            "Is $100.00 for each referral right? It is $10.00 now. To save it, tick the box below."
        );
        assert_eq!(question(0, 10_000), None, "a program that was off");
    }

    #[test]
    fn what_is_saved_already_is_not_asked_about_again() {
        assert_eq!(question(90_000, 90_000), None);
        assert_eq!(question(90_000, 80_000), None);
        assert!(question(90_000, 90_001).is_some());
    }

    proptest! {
        #[test]
        fn a_lower_amount_needs_no_question(
            now in 0..=i64::MAX,
            less in 0..=i64::MAX,
        ) {
            prop_assert_eq!(question(now, now.min(less)), None);
        }
    }
}
