//! Moments as people and machines read them, always UTC.

use time::{Date, macros::format_description};

use crate::clock::from_ms;

/// `November 22, 2026`.
pub fn day(ms: i64) -> String {
    date(from_ms(ms).date())
}

/// `November 22, 2026`.
pub fn date(date: Date) -> String {
    date.format(format_description!(
        "[month repr:long] [day padding:none], [year]"
    ))
    .unwrap_or_default()
}

/// `November 22, 2026, 14:05 UTC`.
pub fn minute(ms: i64) -> String {
    from_ms(ms)
        .format(format_description!(
            "[month repr:long] [day padding:none], [year], [hour]:[minute] UTC"
        ))
        .unwrap_or_default()
}

/// RFC 3339 in whole seconds, `2026-11-22T14:05:00Z`, for the API and `<time datetime>`: readers
/// such as Swift's `ISO8601DateFormatter` take one number of digits after the second and no other.
pub fn iso(ms: i64) -> String {
    from_ms(ms)
        .format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second]Z"
        ))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: i64 = 1_795_356_300_000;

    #[test]
    fn a_moment_reads_well() {
        assert_eq!(day(MOMENT), "November 22, 2026");
        assert_eq!(minute(MOMENT), "November 22, 2026, 14:05 UTC");
        assert_eq!(iso(MOMENT), "2026-11-22T14:05:00Z");
    }

    #[test]
    fn every_moment_has_one_width() {
        for ms in [1, 10, 100, 120, 999] {
            assert_eq!(iso(MOMENT + ms), "2026-11-22T14:05:00Z");
        }
        assert_eq!(iso(MOMENT + 1000), "2026-11-22T14:05:01Z");
    }

    #[test]
    fn a_number_that_no_calendar_has_breaks_nothing() {
        assert_eq!(day(i64::MAX), "January 1, 1970");
    }
}
