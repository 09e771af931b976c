//! The days of a filter: those of a site's zone, which the counters of days in UTC do not know. A range
//! is divided into whole days in UTC, which the counters have, and what is left at either end, whose rows
//! are summed up.

use domain::referral::ReferralFilter;
use sea_orm::{ColumnTrait, Condition};
use server_core::zone::Zone;
use time::Date;

/// One day in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// A range of moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first millisecond; `None` for no limit.
    pub begin_ms: Option<i64>,
    /// The first millisecond after the range; `None` for no limit.
    pub end_ms: Option<i64>,
}

impl Days {
    /// The days of the filter, both ends included, as they begin and end in `zone`.
    pub fn of(filter: &ReferralFilter, zone: &Zone) -> Self {
        Self::between(filter.from, filter.to, zone)
    }

    /// The days from `from` to `to`, both included, as they begin and end in `zone`.
    pub fn between(from: Option<Date>, to: Option<Date>, zone: &Zone) -> Self {
        // After the last day of the calendar nothing happens.
        let after = to.and_then(Date::next_day);
        Self {
            begin_ms: from.map(|day| zone.begin_of(day)),
            end_ms: after.map(|day| zone.begin_of(day)),
        }
    }

    /// Whether the moment in `column` is in the range.
    pub fn contain(self, column: impl ColumnTrait) -> Condition {
        let begin = self.begin_ms.map(|begin| column.gte(begin));
        let end = self.end_ms.map(|end| column.lt(end));
        let limits = begin.into_iter().chain(end);
        limits.fold(Condition::all(), Condition::add)
    }

    /// Divides the range.
    pub fn parts(self) -> DayParts {
        let Self { begin_ms, end_ms } = self;
        let first = begin_ms.map(|begin| -(-begin).div_euclid(DAY_MS));
        let last = end_ms.map(|end| end.div_euclid(DAY_MS) - 1);
        if let (Some(first), Some(last)) = (first, last)
            && first > last
        {
            return DayParts {
                whole: None,
                rest: [Some(self), None],
            };
        }
        let rest = |begin: Option<i64>, end: Option<i64>| {
            let filled = begin.zip(end).is_some_and(|(begin, end)| begin < end);
            filled.then_some(Self {
                begin_ms: begin,
                end_ms: end,
            })
        };
        DayParts {
            whole: Some(UtcDays { first, last }),
            rest: [
                rest(begin_ms, first.map(|day| day * DAY_MS)),
                rest(last.map(|day| (day + 1) * DAY_MS), end_ms),
            ],
        }
    }
}

/// A range of UTC days, including both ends, as days since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UtcDays {
    pub first: Option<i64>,
    pub last: Option<i64>,
}

/// The parts of a range: no moment is in two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayParts {
    /// The whole days in UTC; `None` if there are none.
    pub whole: Option<UtcDays>,
    /// What is left, less than two days each.
    pub rest: [Option<Days>; 2],
}

#[cfg(test)]
mod tests {
    use domain::credit::Program;
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    const HOUR_MS: i64 = DAY_MS / 24;

    fn days(from: Option<time::Date>, to: Option<time::Date>, zone: &str) -> Days {
        let filter = ReferralFilter {
            from,
            to,
            ..ReferralFilter::all(Program::Tenant)
        };
        Days::of(&filter, &Zone::named(zone).unwrap())
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let day = Some(date!(1970 - 01 - 02));
        let utc = days(day, day, "UTC");
        assert_eq!(utc.parts().rest, [None, None], "the counters have it all");
        let one = Some(1);
        assert_eq!(
            utc.parts().whole,
            Some(UtcDays {
                first: one,
                last: one
            })
        );
        let detroit = days(day, day, "America/Detroit");
        assert_eq!(detroit.begin_ms, Some(DAY_MS + 5 * HOUR_MS));
        assert_eq!(detroit.end_ms, Some(2 * DAY_MS + 5 * HOUR_MS));
        assert_eq!(days(None, None, "Asia/Tokyo"), Days::default());
        assert_eq!(
            days(None, Some(time::Date::MAX), "Asia/Tokyo"),
            Days::default()
        );
    }

    fn hour() -> impl Strategy<Value = Option<i64>> {
        prop_oneof![Just(None), (-100..200_i64).prop_map(Some)]
    }

    proptest! {
        #[test]
        fn each_moment_of_a_range_is_counted_once(begin in hour(), length in 0..200_i64, open in any::<bool>()) {
            let end = (!open).then(|| begin.unwrap_or(0) + length);
            let range = Days {
                begin_ms: begin.map(|hour| hour * HOUR_MS),
                end_ms: end.map(|hour| hour * HOUR_MS),
            };
            let parts = range.parts();
            let within = |days: &Days, ms: i64| {
                days.begin_ms.is_none_or(|begin| begin <= ms) && days.end_ms.is_none_or(|end| ms < end)
            };
            for hour in -200..500 {
                let ms = hour * HOUR_MS;
                let day = ms.div_euclid(DAY_MS);
                let in_whole = parts.whole.is_some_and(|whole| {
                    whole.first.is_none_or(|first| first <= day) && whole.last.is_none_or(|last| day <= last)
                });
                let in_rest = parts.rest.iter().flatten().filter(|rest| within(rest, ms)).count();
                prop_assert_eq!(in_rest + usize::from(in_whole), usize::from(within(&range, ms)), "{}", hour);
            }
            for rest in parts.rest.iter().flatten() {
                prop_assert!(rest.end_ms.unwrap() - rest.begin_ms.unwrap() < 2 * DAY_MS);
            }
        }
    }
}
