//! The calendar file of an event, which calendar programs import (RFC 5545; `docs/rules.md` 217).

use icalendar::{Calendar, Component, Event, EventLike, Property};
use time::{Duration, OffsetDateTime, macros::format_description};

/// Who wrote the file.
const PRODUCT: &str = "-//PewPros Referrals//Events//EN";
/// How long the calendar blocks: the catalog has no end of an event, and with a start alone calendars show no time at
/// all.
const DURATION: Duration = Duration::hours(2);

/// What the file says of an event.
#[derive(Clone, Copy, Debug)]
pub struct CalendarEvent<'a> {
    /// The same each time, so that a second import changes the first one's entry: `steel-challenge@detroitarms.com`.
    pub uid: &'a str,
    /// Its name.
    pub summary: &'a str,
    /// A few lines; empty for none.
    pub description: &'a str,
    pub starts: OffsetDateTime,
    /// A few lines; empty for none.
    pub location: &'a str,
    /// The address of its page, while it has one.
    pub url: Option<&'a str>,
}

/// The file, written `now`.
///
/// # Errors
/// If a moment cannot be formatted.
pub fn file(event: CalendarEvent<'_>, now: OffsetDateTime) -> anyhow::Result<String> {
    let mut entry = Event::new();
    entry
        .uid(event.uid)
        .summary(event.summary)
        .add_property("DTSTAMP", utc(now)?)
        .add_property("DTSTART", utc(event.starts)?)
        .add_property("DTEND", utc(event.starts.saturating_add(DURATION))?);
    if !event.description.is_empty() {
        entry.description(event.description);
    }
    if !event.location.is_empty() {
        entry.location(&one_line(event.location));
    }
    if let Some(url) = event.url {
        entry.url(url);
    }
    let mut calendar = Calendar::empty();
    calendar
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", PRODUCT))
        .push(entry);
    Ok(calendar.to_string())
}

/// Calendars show a location in one line.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(", ")
}

/// The form of a moment in UTC (RFC 5545, 3.3.5): `20270313T150000Z`.
fn utc(moment: OffsetDateTime) -> Result<String, time::error::Format> {
    moment
        .to_offset(time::UtcOffset::UTC)
        .format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_file_says_when_and_where() {
        let event = CalendarEvent {
            uid: "ladies-night@detroitarms.com",
            summary: "Ladies' Night, and more; \\ all",
            description: "",
            starts: datetime!(2027-01-28 18:00 -5),
            location: "100 Main Street\n Detroit",
            url: Some("https://detroitarms.com/events/ladies-night"),
        };
        let file = file(event, datetime!(2026-11-30 12:00:01 UTC)).unwrap();
        assert!(file.ends_with("END:VCALENDAR\r\n"), "{file}");
        for line in [
            "BEGIN:VCALENDAR",
            "PRODID:-//PewPros Referrals//Events//EN",
            "UID:ladies-night@detroitarms.com",
            "SUMMARY:Ladies' Night\\, and more\\; \\\\ all",
            "DTSTAMP:20261130T120001Z",
            "DTSTART:20270128T230000Z",
            "DTEND:20270129T010000Z",
            "LOCATION:100 Main Street\\, Detroit",
            "URL:https://detroitarms.com/events/ladies-night",
        ] {
            assert_eq!(
                file.matches(&format!("{line}\r\n")).count(),
                1,
                "{line}: {file}"
            );
        }
        assert!(!file.contains("DESCRIPTION"), "{file}");
    }
}
