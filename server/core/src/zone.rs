//! Time zones: in which a site's days begin, and in which its times are shown.

use jiff::{
    Timestamp, civil,
    tz::{Offset, TimeZone},
};
use time::{Date, OffsetDateTime, PrimitiveDateTime};

/// Zones that the console offers to choose from; any name of the IANA's list is accepted.
pub const COMMON: [&str; 14] = [
    "America/New_York",
    "America/Detroit",
    "America/Indiana/Indianapolis",
    "America/Kentucky/Louisville",
    "America/Chicago",
    "America/Denver",
    "America/Boise",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
    "UTC",
];

/// A time zone of the IANA's database. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC, which the command line uses and a site that chose none.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone with this name, in any case: `America/Detroit`; `None` if the IANA knows none.
    pub fn named(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok()?;
        zone.iana_name().is_some().then_some(Self(zone))
    }

    /// Its name in the IANA's database: `America/Detroit`.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What the clocks there say at `moment`.
    pub(crate) fn local(&self, moment: OffsetDateTime) -> OffsetDateTime {
        let offset = self.offset(moment).seconds();
        match time::UtcOffset::from_whole_seconds(offset) {
            Ok(offset) => moment.to_offset(offset),
            // No zone is a day away from UTC.
            Err(_) => moment,
        }
    }

    /// The day there at `moment`.
    pub fn day(&self, moment: OffsetDateTime) -> Date {
        self.local(moment).date()
    }

    /// How the clocks there call the zone at `moment`: `EST`, or `UTC-3` where the zone has no letters.
    pub fn abbreviation(&self, moment: OffsetDateTime) -> String {
        let Ok(at) = Timestamp::from_second(moment.unix_timestamp()) else {
            return "UTC".to_owned();
        };
        let info = self.0.to_offset_info(at);
        let letters = info.abbreviation();
        match letters.strip_prefix(['+', '-']) {
            Some(hours) => {
                let sign = &letters[..1];
                format!("UTC{sign}{}", hours.strip_prefix('0').unwrap_or(hours))
            }
            None => letters.to_owned(),
        }
    }

    /// The moment at which the clocks there show this. A time that they skip is read as if they had not, and of one
    /// that they show twice it is the first. `None` beyond the calendar's last days.
    pub fn moment_of(&self, shown: PrimitiveDateTime) -> Option<OffsetDateTime> {
        let (day, time) = (shown.date(), shown.time());
        let part = |number: u8| i8::try_from(number).ok();
        let shown = civil::DateTime::new(
            i16::try_from(day.year()).ok()?,
            part(u8::from(day.month()))?,
            part(day.day())?,
            part(time.hour())?,
            part(time.minute())?,
            part(time.second())?,
            0,
        );
        let moment = shown.ok()?.to_zoned_datetime(self.0.clone()).ok()?;
        OffsetDateTime::from_unix_timestamp(moment.timestamp().as_second()).ok()
    }

    /// What the clocks there show at `moment`.
    pub fn shown_at(&self, moment: OffsetDateTime) -> PrimitiveDateTime {
        let local = self.local(moment);
        PrimitiveDateTime::new(local.date(), local.time())
    }

    /// The first millisecond of `day` there, since 1970 in UTC. A day can begin at one o'clock. The last days
    /// of the calendar, beyond which no zone is known, begin as in UTC.
    pub fn begin_of(&self, day: Date) -> i64 {
        let utc = day.midnight().assume_utc().unix_timestamp() * 1000;
        self.midnight(day).unwrap_or(utc)
    }

    /// The first millisecond of the calendar year there that lasts at `moment`, since 1970 in UTC.
    pub fn begin_of_year(&self, moment: OffsetDateTime) -> i64 {
        let today = self.local(moment).date();
        // Each year has a first day.
        self.begin_of(Date::from_ordinal_date(today.year(), 1).unwrap_or(today))
    }

    fn midnight(&self, day: Date) -> Option<i64> {
        let year = i16::try_from(day.year()).ok()?;
        let month = i8::try_from(u8::from(day.month())).ok()?;
        let day = civil::Date::new(year, month, i8::try_from(day.day()).ok()?).ok()?;
        let begin = day.to_zoned_datetime(self.0.clone()).ok()?;
        Some(begin.start_of_day().ok()?.timestamp().as_millisecond())
    }

    fn offset(&self, moment: OffsetDateTime) -> Offset {
        match Timestamp::from_second(moment.unix_timestamp()) {
            Ok(at) => self.0.to_offset(at),
            Err(_) => Offset::UTC,
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::named(name).unwrap()
    }

    #[test]
    fn a_zone_has_one_spelling() {
        for name in COMMON {
            assert_eq!(zone(name).name(), name);
        }
        assert_eq!(zone("america/DETROIT").name(), "America/Detroit");
        assert_eq!(Zone::utc(), zone("UTC"));
        for name in [
            "",
            "Detroit",
            "America/Nowhere",
            "EST5EDT,M3.2.0,M11.1.0",
            "Etc/Unknown",
        ] {
            assert_eq!(Zone::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_zone_is_called_as_the_clocks_there_are() {
        let called = |name, at| zone(name).abbreviation(at);
        assert_eq!(
            called("America/Detroit", datetime!(2026-11-29 14:41 UTC)),
            "EST"
        );
        assert_eq!(
            called("America/Detroit", datetime!(2026-07-04 14:41 UTC)),
            "EDT"
        );
        assert_eq!(
            called("America/Sao_Paulo", datetime!(2026-07-04 14:41 UTC)),
            "UTC-3"
        );
        assert_eq!(
            called("Asia/Kathmandu", datetime!(2026-07-04 14:41 UTC)),
            "UTC+545"
        );
        assert_eq!(called("UTC", datetime!(2026-07-04 14:41 UTC)), "UTC");
    }

    /// The clocks of Beirut are put forward at midnight.
    #[test]
    fn a_day_begins_when_it_does_there() {
        let millis = |moment: OffsetDateTime| moment.unix_timestamp() * 1000;
        for (name, day, begin) in [
            (
                "UTC",
                date!(2026 - 11 - 29),
                datetime!(2026-11-29 00:00 UTC),
            ),
            (
                "America/Detroit",
                date!(2026 - 11 - 29),
                datetime!(2026-11-29 05:00 UTC),
            ),
            (
                "America/Detroit",
                date!(2026 - 11 - 01),
                datetime!(2026-11-01 04:00 UTC),
            ),
            (
                "America/Detroit",
                date!(2026 - 11 - 02),
                datetime!(2026-11-02 05:00 UTC),
            ),
            (
                "Asia/Beirut",
                date!(2026 - 03 - 29),
                datetime!(2026-03-28 22:00 UTC),
            ),
        ] {
            assert_eq!(zone(name).begin_of(day), millis(begin), "{name} {day}");
        }
        let detroit = zone("America/Detroit");
        for (moment, begin) in [
            (
                datetime!(2027-01-01 04:59 UTC),
                datetime!(2026-01-01 05:00 UTC),
            ),
            (
                datetime!(2027-01-01 05:00 UTC),
                datetime!(2027-01-01 05:00 UTC),
            ),
        ] {
            assert_eq!(detroit.begin_of_year(moment), millis(begin), "{moment}");
        }
        for day in [Date::MIN, Date::MAX] {
            let begin = zone("America/Detroit").begin_of(day);
            assert!((begin / 1000 - day.midnight().assume_utc().unix_timestamp()).abs() < 86_400);
        }
    }

    #[test]
    fn an_event_begins_when_the_clocks_there_show_it() {
        let detroit = zone("America/Detroit");
        for (shown, moment) in [
            (datetime!(2027-01-28 18:00), datetime!(2027-01-28 23:00 UTC)),
            (datetime!(2027-07-01 18:00), datetime!(2027-07-01 22:00 UTC)),
            // The clocks go from 2:00 to 3:00.
            (datetime!(2027-03-14 02:30), datetime!(2027-03-14 07:30 UTC)),
            // They show 1:30 twice.
            (datetime!(2027-11-07 01:30), datetime!(2027-11-07 05:30 UTC)),
        ] {
            assert_eq!(detroit.moment_of(shown), Some(moment), "{shown}");
        }
        let moment = datetime!(2027-01-28 23:00 UTC);
        assert_eq!(detroit.shown_at(moment), datetime!(2027-01-28 18:00));
    }
}
