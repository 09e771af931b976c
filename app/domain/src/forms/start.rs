//! Reads when an event begins, as the clocks of its site show it.

use time::{PrimitiveDateTime, Time, macros::format_description};

use super::{FieldError, FieldErrorCode as Code, read_date};

/// The years in which an event can begin: any other is a slip.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;

/// Reads a day (`YYYY-MM-DD`) and a time (`18:30`); `None` if both are empty.
///
/// # Errors
/// Returns the error message of the field `starts_on` or `starts_time`.
pub(super) fn read_start(on: &str, time: &str) -> Result<Option<PrimitiveDateTime>, FieldError> {
    let (on, time) = (on.trim(), time.trim());
    let complain = |code, field, message: &str| Err(FieldError::coded(code, field, message));
    match (on.is_empty(), time.is_empty()) {
        (true, true) => return Ok(None),
        (true, false) => return complain(Code::Required, "starts_on", "Enter the day too."),
        (false, true) => {
            return complain(
                Code::Required,
                "starts_time",
                "Enter the time too, like 18:30.",
            );
        }
        (false, false) => {}
    }
    let Some(day) = read_date(on) else {
        return complain(
            Code::Malformed,
            "starts_on",
            "Enter a date that exists, as YYYY-MM-DD.",
        );
    };
    if !YEARS.contains(&day.year()) {
        return complain(Code::OutOfRange, "starts_on", "Check the year.");
    }
    match read_time(time) {
        Some(time) => Ok(Some(day.with_time(time))),
        None => complain(Code::Malformed, "starts_time", "Enter a time like 18:30."),
    }
}

/// Browsers may send seconds too.
fn read_time(typed: &str) -> Option<Time> {
    let minutes = Time::parse(typed, format_description!("[hour]:[minute]"));
    let seconds = || Time::parse(typed, format_description!("[hour]:[minute]:[second]"));
    let time = minutes.or_else(|_| seconds()).ok()?;
    time.replace_second(0).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_event_begins_at_a_minute_or_has_no_time() {
        let at = Ok(Some(datetime!(2027-03-13 18:30)));
        assert_eq!(read_start(" 2027-03-13 ", "18:30"), at);
        assert_eq!(read_start("2027-03-13", "18:30:59"), at);
        assert_eq!(read_start(" ", ""), Ok(None));
        for (on, time, field, code) in [
            ("2027-03-13", "", "starts_time", Code::Required),
            ("", "18:30", "starts_on", Code::Required),
            ("2027-02-30", "18:30", "starts_on", Code::Malformed),
            ("next week", "18:30", "starts_on", Code::Malformed),
            ("0027-03-13", "18:30", "starts_on", Code::OutOfRange),
            ("2027-03-13", "24:00", "starts_time", Code::Malformed),
            ("2027-03-13", "6:30 PM", "starts_time", Code::Malformed),
        ] {
            let error = read_start(on, time).unwrap_err();
            assert_eq!(
                (error.field.as_str(), error.code),
                (field, code),
                "{on} {time}"
            );
        }
    }
}
