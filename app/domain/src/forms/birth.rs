//! Checks a date of birth.

use time::{Date, macros::format_description};

use super::{FieldError, FieldErrorCode as Code};

/// Whoever registers is older than this many years: a date in them is a slip, such as today's.
const YOUNGEST_YEARS: i32 = 5;
/// The ages that a site may ask for.
const AGES: std::ops::RangeInclusive<i64> = 5..=99;
/// Nobody is older than this many years.
const OLDEST_YEARS: i32 = 130;

/// Reads `YYYY-MM-DD`; `None` if there is no such day.
pub fn read_date(typed: &str) -> Option<Date> {
    Date::parse(typed.trim(), format_description!("[year]-[month]-[day]")).ok()
}

/// Reads the age that a site asks of who registers, in years; `None` for an empty field, which asks
/// for none.
///
/// # Errors
/// Returns the error message of the field `minimum_age`.
pub fn read_minimum_age(typed: &str) -> Result<Option<i64>, FieldError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let digits = typed.bytes().all(|byte| byte.is_ascii_digit());
    let years = typed.parse().ok().filter(|years| AGES.contains(years));
    years.filter(|_| digits).map(Some).ok_or_else(|| {
        let (least, most) = (AGES.start(), AGES.end());
        let message = format!("Enter whole years, from {least} to {most}, or nothing.");
        FieldError::new("minimum_age", message)
    })
}

/// Reads the date of birth of whoever registers on the day `today`, at a site that asks for
/// `minimum_age` years.
///
/// # Errors
/// Returns the error message of the field `date_of_birth`.
pub(crate) fn read_date_of_birth(
    typed: &str,
    today: Date,
    minimum_age: Option<i64>,
) -> Result<Date, FieldError> {
    let complain = |code, message: &str| Err(FieldError::coded(code, "date_of_birth", message));
    if typed.trim().is_empty() {
        return complain(Code::Required, "Enter your date of birth.");
    }
    let Some(date) = read_date(typed) else {
        return complain(Code::Malformed, "Enter a date that exists, as YYYY-MM-DD.");
    };
    if date >= today {
        return complain(Code::OutOfRange, "Your date of birth must be in the past.");
    }
    if age(date, today) < YOUNGEST_YEARS {
        return complain(
            Code::OutOfRange,
            "This date is less than 5 years ago. Enter the date of birth of the person who \
             registers.",
        );
    }
    if date.year() < today.year() - OLDEST_YEARS {
        return complain(Code::OutOfRange, "Check the year of your date of birth.");
    }
    match minimum_age {
        Some(least) if i64::from(age(date, today)) < least => complain(
            Code::TooYoung,
            &format!("You must be at least {least} years old to register here."),
        ),
        _ => Ok(date),
    }
}

/// Whole years since a birth. Whoever was born on February 29 has a birthday on March 1 in other
/// years.
fn age(born: Date, today: Date) -> i32 {
    let had_birthday =
        (u8::from(today.month()), today.day()) >= (u8::from(born.month()), born.day());
    today.year() - born.year() - i32::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{Duration, macros::date};

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 29);

    #[test]
    fn a_birth_of_last_week_is_a_slip() {
        for (typed, taken) in [
            ("2026-11-22", false),
            ("2026-11-20", false),
            ("2021-11-30", false),
            ("2021-11-29", true),
            ("1990-01-15", true),
        ] {
            let read = read_date_of_birth(typed, TODAY, None);
            assert_eq!(read.is_ok(), taken, "{typed}");
            if let Err(error) = read {
                assert_eq!(error.field, "date_of_birth");
                assert!(
                    error
                        .message
                        .starts_with("This date is less than 5 years ago.")
                );
            }
        }
    }

    #[test]
    fn a_site_may_ask_for_an_age() {
        for (typed, taken) in [
            ("2008-11-29", true),
            ("2008-11-30", false),
            ("2020-01-01", false),
        ] {
            let read = read_date_of_birth(typed, TODAY, Some(18));
            assert_eq!(read.is_ok(), taken, "{typed}");
            if let Err(error) = read {
                assert_eq!(
                    error.message,
                    "You must be at least 18 years old to register here."
                );
                assert_eq!(error.code, Code::TooYoung);
            }
        }
    }

    #[test]
    fn an_age_is_whole_years_or_nothing() {
        assert_eq!(read_minimum_age("  "), Ok(None));
        assert_eq!(read_minimum_age(" 18 "), Ok(Some(18)));
        for typed in ["4", "100", "-18", "+18", "18.5", "adult", "٣"] {
            assert_eq!(
                read_minimum_age(typed).unwrap_err().field,
                "minimum_age",
                "{typed}"
            );
        }
    }

    #[test]
    fn a_leap_day_has_its_birthday_on_the_next_day() {
        let born = date!(2020 - 02 - 29);
        assert_eq!(age(born, date!(2026 - 02 - 28)), 5);
        assert_eq!(age(born, date!(2026 - 03 - 01)), 6);
        assert_eq!(age(born, date!(2028 - 02 - 29)), 8);
    }

    proptest! {
        #[test]
        fn nobody_is_taken_younger(days in 0..60_000_i64) {
            let born = TODAY - Duration::days(days);
            if let Ok(date) = read_date_of_birth(&born.to_string(), TODAY, None) {
                prop_assert!(age(date, TODAY) >= YOUNGEST_YEARS);
                prop_assert!(date.year() >= TODAY.year() - OLDEST_YEARS);
            }
        }
    }
}
