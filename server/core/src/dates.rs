//! Formats dates and times for people and machines, always in UTC.

use time::{Date, OffsetDateTime, macros::format_description};

/// Formats as `November 22, 2026`.
pub fn day(moment: impl Into<OffsetDateTime>) -> String {
    date(moment.into().date())
}

/// Formats as `November 22, 2026`.
pub fn date(date: Date) -> String {
    date.format(format_description!(
        "[month repr:long] [day padding:none], [year]"
    ))
    .unwrap_or_default()
}

/// Formats as `November 22, 2026, 14:05 UTC`.
pub fn minute(moment: impl Into<OffsetDateTime>) -> String {
    let moment: OffsetDateTime = moment.into();
    moment
        .format(format_description!(
            "[month repr:long] [day padding:none], [year], [hour]:[minute] UTC"
        ))
        .unwrap_or_default()
}

/// Formats as RFC 3339 in whole seconds (`2026-11-22T14:05:00Z`) for the API and `<time datetime>`.
/// Some parsers, such as Swift's `ISO8601DateFormatter`, accept only one fixed number of fractional
/// digits.
pub fn iso(moment: impl Into<OffsetDateTime>) -> String {
    let moment: OffsetDateTime = moment.into();
    moment
        .format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second]Z"
        ))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const MOMENT: OffsetDateTime = datetime!(2026-11-22 14:05 UTC);

    #[test]
    fn a_moment_reads_well() {
        assert_eq!(day(MOMENT), "November 22, 2026");
        assert_eq!(minute(MOMENT), "November 22, 2026, 14:05 UTC");
        assert_eq!(iso(MOMENT), "2026-11-22T14:05:00Z");
    }

    #[test]
    fn every_moment_has_one_width() {
        for ms in [1, 10, 100, 120, 999] {
            let later = MOMENT + Duration::milliseconds(ms);
            assert_eq!(iso(later), "2026-11-22T14:05:00Z");
        }
        assert_eq!(iso(MOMENT + Duration::SECOND), "2026-11-22T14:05:01Z");
    }
}
