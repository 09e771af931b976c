//! When a period ends (Stripe, "Billing cycles").

use serde_json::Value;
use time::{Date, Duration, Month, OffsetDateTime};

/// The end of a period that begins at `start`, in seconds since 1970, UTC. A month from January 31 ends
/// at the last day of February; `anchor` is the moment whose day counts, so that the next one ends at
/// March 31.
pub fn end(start: i64, anchor: i64, recurring: &Value) -> i64 {
    let count = recurring["interval_count"].as_i64().unwrap_or(1).max(1);
    match recurring["interval"].as_str() {
        Some("day") => start + Duration::days(count).whole_seconds(),
        Some("week") => start + Duration::weeks(count).whole_seconds(),
        Some("year") => months_later(start, anchor, count * 12),
        _ => months_later(start, anchor, count),
    }
}

fn months_later(start: i64, anchor: i64, months: i64) -> i64 {
    let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds);
    let (Ok(from), Ok(anchor)) = (at(start), at(anchor)) else {
        return start;
    };
    let month = i64::from(from.year()) * 12 + i64::from(u8::from(from.month())) - 1 + months;
    let year = i32::try_from(month.div_euclid(12)).unwrap_or(from.year());
    let month = u8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
    let Ok(month) = Month::try_from(month) else {
        return start;
    };
    let day = anchor.day().min(month.length(year));
    match Date::from_calendar_date(year, month, day) {
        Ok(date) => date.with_time(from.time()).assume_utc().unix_timestamp(),
        Err(_) => start,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_month_keeps_the_day_of_the_first() {
        let monthly = json!({ "interval": "month", "interval_count": 1 });
        // 2027-01-31 12:00.
        let first = 1_801_396_800;
        let second = end(first, first, &monthly);
        assert_eq!((second - first) / 86_400, 28, "February 28");
        assert_eq!(
            (end(second, first, &monthly) - second) / 86_400,
            31,
            "March 31"
        );
        let yearly = json!({ "interval": "year" });
        assert_eq!((end(first, first, &yearly) - first) / 86_400, 365);
        let fortnight = json!({ "interval": "week", "interval_count": 2 });
        assert_eq!(end(first, first, &fortnight) - first, 14 * 86_400);
    }
}
