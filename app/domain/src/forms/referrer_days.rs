//! Checks the days in which members can name their referrer, as an admin types them (`docs/rules.md` 193).

use super::{FieldError, FieldErrorCode as Code, terms::whole};
use crate::referral::REFERRER_DAYS_MAX;

/// The days; 0 for nothing.
///
/// # Errors
/// The message beside the field `days`.
pub fn read_referrer_days(typed: &str) -> Result<i64, FieldError> {
    let days = whole(typed).and_then(|days| i64::try_from(days).ok());
    let days = days.filter(|days| *days <= REFERRER_DAYS_MAX);
    days.ok_or_else(|| {
        let message = format!(
            "Enter a whole number of days from 1 to {REFERRER_DAYS_MAX}, or nothing if members cannot do so."
        );
        FieldError::coded(Code::OutOfRange, "days", message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_few_and_nothing_is_off() {
        for (typed, days) in [("", 0), (" 0 ", 0), ("1", 1), ("90", 90)] {
            assert_eq!(read_referrer_days(typed), Ok(days), "{typed}");
        }
        for typed in ["91", "-1", "1.5", "a week", "+7", "99999999999999999999"] {
            let refused = read_referrer_days(typed).unwrap_err();
            assert_eq!((&*refused.field, refused.code), ("days", Code::OutOfRange));
        }
    }
}
