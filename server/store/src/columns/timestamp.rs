//! Timestamps, stored as milliseconds since 1970 in UTC.

use std::{
    fmt,
    ops::{Add, Sub},
};

use sea_orm::{
    ActiveValue, ColIdx, ColumnType, DbErr, IntoActiveValue, QueryResult, TryGetError, TryGetable,
    Value,
    sea_query::{ArrayType, Nullable, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use time::{Duration, OffsetDateTime};

/// A column's timestamp: UTC, in whole milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(OffsetDateTime);

impl Timestamp {
    /// Reads milliseconds since 1970 in UTC; `None` if the time is out of range.
    pub fn from_millis(millis: i64) -> Option<Self> {
        let nanos = i128::from(millis) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .ok()
            .map(Self)
    }

    /// Milliseconds since 1970 in UTC.
    pub fn millis(self) -> i64 {
        self.0.unix_timestamp() * 1_000 + i64::from(self.0.millisecond())
    }

    /// The time as the rules and pages use it.
    pub fn moment(self) -> OffsetDateTime {
        self.0
    }
}

/// Truncates to whole milliseconds.
impl From<OffsetDateTime> for Timestamp {
    fn from(moment: OffsetDateTime) -> Self {
        let whole = moment.millisecond();
        // The value is below 1000, so this never fails.
        Self(moment.replace_millisecond(whole).unwrap_or(moment))
    }
}

impl From<Timestamp> for OffsetDateTime {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.0
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        (self.0 + duration).into()
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        (self.0 - duration).into()
    }
}

impl Sub for Timestamp {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.0 - earlier.0
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Timestamp> for Value {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.millis().into()
    }
}

impl TryGetable for Timestamp {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let millis = i64::try_get_by(row, index)?;
        Self::from_millis(millis).ok_or_else(|| {
            let column = index.as_str().unwrap_or("a column without a name");
            let id = match row.try_get::<i64>("", "id") {
                Ok(id) => format!("row {id}"),
                Err(_) => "a row".to_owned(),
            };
            TryGetError::DbErr(DbErr::Type(format!(
                "{column} of {id} holds {millis}, a moment that no calendar has"
            )))
        })
    }
}

impl ValueType for Timestamp {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let millis = <i64 as ValueType>::try_from(value)?;
        Self::from_millis(millis).ok_or(ValueTypeErr)
    }

    fn type_name() -> String {
        "Timestamp".to_owned()
    }

    fn array_type() -> ArrayType {
        i64::array_type()
    }

    fn column_type() -> ColumnType {
        i64::column_type()
    }
}

impl Nullable for Timestamp {
    fn null() -> Value {
        i64::null()
    }
}

impl IntoActiveValue<Self> for Timestamp {
    fn into_active_value(self) -> ActiveValue<Self> {
        ActiveValue::Set(self)
    }
}

/// Serialized as milliseconds.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.millis().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let millis = i64::deserialize(deserializer)?;
        Self::from_millis(millis).ok_or_else(|| D::Error::custom("a time outside the calendar"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    /// The first and the last millisecond that the calendar has.
    const FIRST: i64 = -377_705_116_800_000;
    const LAST: i64 = 253_402_300_799_999;

    proptest! {
        #[test]
        fn milliseconds_come_back(millis in FIRST..=LAST) {
            let timestamp = Timestamp::from_millis(millis).unwrap();
            prop_assert_eq!(timestamp.millis(), millis);
            prop_assert_eq!(Timestamp::from(timestamp.moment()), timestamp);
            let value = Value::from(timestamp);
            prop_assert_eq!(<Timestamp as ValueType>::try_from(value).unwrap(), timestamp);
            let json = serde_json::to_string(&timestamp).unwrap();
            prop_assert_eq!(&json, &millis.to_string());
            prop_assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), timestamp);
        }

        #[test]
        fn less_than_a_millisecond_is_cut_off(millis in FIRST..=LAST, nanos in 0..1_000_000_i64) {
            let timestamp = Timestamp::from_millis(millis).unwrap();
            let within = timestamp.moment() + Duration::nanoseconds(nanos);
            prop_assert_eq!(Timestamp::from(within), timestamp);
        }
    }

    #[test]
    fn a_moment_that_no_calendar_has_is_none() {
        for millis in [FIRST - 1, LAST + 1, i64::MIN, i64::MAX] {
            assert_eq!(Timestamp::from_millis(millis), None, "{millis}");
            assert!(<Timestamp as ValueType>::try_from(millis.into()).is_err());
            assert!(serde_json::from_str::<Timestamp>(&millis.to_string()).is_err());
        }
    }

    #[test]
    fn a_moment_is_a_timestamp() {
        let timestamp = Timestamp::from(datetime!(2026-11-22 11:25:00.0019 -3:00));
        assert_eq!(timestamp.millis(), 1_795_357_500_001);
        let later = timestamp + Duration::seconds(2);
        assert_eq!(later - timestamp, Duration::seconds(2));
        assert_eq!(later - Duration::seconds(2), timestamp);
    }
}
