//! Formats dates and times: for people in the zone of their site, for machines in UTC.

use time::{Date, OffsetDateTime, macros::format_description};

use crate::zone::Zone;

/// Formats the day there as `November 22, 2026`.
pub fn day(moment: impl Into<OffsetDateTime>, zone: &Zone) -> String {
    date(zone.local(moment.into()).date())
}

/// Formats as `November 22, 2026`.
pub fn date(date: Date) -> String {
    date.format(format_description!(
        "[month repr:long] [day padding:none], [year]"
    ))
    .unwrap_or_default()
}

/// Formats the day there as `Nov 22, 2026`, where there is little room.
pub fn short_day(moment: impl Into<OffsetDateTime>, zone: &Zone) -> String {
    zone.local(moment.into())
        .format(format_description!(
            "[month repr:short] [day padding:none], [year]"
        ))
        .unwrap_or_default()
}

/// Formats a day that is near, there, as `Nov 22`.
pub fn near_day(moment: impl Into<OffsetDateTime>, zone: &Zone) -> String {
    zone.local(moment.into())
        .format(format_description!("[month repr:short] [day padding:none]"))
        .unwrap_or_default()
}

/// Formats as `Nov 22, 2026, 9:05 AM EST`.
pub fn minute(moment: impl Into<OffsetDateTime>, zone: &Zone) -> String {
    let moment: OffsetDateTime = moment.into();
    let clock = zone
        .local(moment)
        .format(format_description!(
            "[month repr:short] [day padding:none], [year], [hour repr:12 padding:none]:[minute] [period]"
        ))
        .unwrap_or_default();
    format!("{clock} {}", zone.abbreviation(moment))
}

/// Formats when an event begins, there, as `Saturday, March 13, 2027 · 10:00 AM`.
pub fn event(moment: impl Into<OffsetDateTime>, zone: &Zone) -> String {
    zone.local(moment.into())
        .format(format_description!(
            "[weekday], [month repr:long] [day padding:none], [year] · [hour repr:12 padding:none]:[minute] [period]"
        ))
        .unwrap_or_default()
}

/// Formats as RFC 3339 in whole seconds, with the offset there: `2027-03-13T10:00:00-05:00`.
pub fn iso_there(moment: impl Into<OffsetDateTime>, zone: &Zone) -> String {
    zone.local(moment.into())
        .format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory]:[offset_minute]"
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
        let utc = Zone::utc();
        assert_eq!(day(MOMENT, &utc), "November 22, 2026");
        assert_eq!(short_day(MOMENT, &utc), "Nov 22, 2026");
        assert_eq!(near_day(MOMENT, &utc), "Nov 22");
        assert_eq!(minute(MOMENT, &utc), "Nov 22, 2026, 2:05 PM UTC");
        assert_eq!(iso(MOMENT), "2026-11-22T14:05:00Z");
    }

    #[test]
    fn a_moment_is_told_as_the_clocks_of_the_zone_tell_it() {
        let detroit = Zone::named("America/Detroit").unwrap();
        assert_eq!(minute(MOMENT, &detroit), "Nov 22, 2026, 9:05 AM EST");
        let summer = datetime!(2026-07-05 03:59 UTC);
        assert_eq!(minute(summer, &detroit), "Jul 4, 2026, 11:59 PM EDT");
        assert_eq!(day(summer, &detroit), "July 4, 2026");
        assert_eq!(near_day(summer, &detroit), "Jul 4");
        let noon = datetime!(2026-11-22 17:00 UTC);
        assert_eq!(minute(noon, &detroit), "Nov 22, 2026, 12:00 PM EST");
        assert_eq!(event(summer, &detroit), "Saturday, July 4, 2026 · 11:59 PM");
        assert_eq!(iso_there(summer, &detroit), "2026-07-04T23:59:00-04:00");
        assert_eq!(iso_there(noon, &Zone::utc()), "2026-11-22T17:00:00+00:00");
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
