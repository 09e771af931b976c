//! Which products pages point to: the event that is next, and what is like the product that is shown.

use std::cmp::Reverse;

use time::OffsetDateTime;

/// The most related products that a page shows.
const RELATED: usize = 3;

/// What of a product decides where pages show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The newer product has the greater one.
    pub id: i64,
    /// When an event begins; `None` if it has no date, and for other kinds.
    pub starts: Option<OffsetDateTime>,
}

/// What a buyer reads of such an event.
pub const EVENT_BEGUN: &str = "This event has begun. Tickets are no longer sold online.";

/// Whether an event has begun at `now`. Then no ticket is sold for it online (`docs/rules.md` 228).
pub fn has_begun(starts: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    starts.is_some_and(|starts| starts <= now)
}

/// The one that begins next after `now`, of two at once the older one; `None` if nothing is to come
/// (`docs/rules.md` 216).
pub fn next_event<T>(
    all: impl IntoIterator<Item = T>,
    listed: impl Fn(&T) -> Listed,
    now: OffsetDateTime,
) -> Option<T> {
    all.into_iter()
        .filter_map(|one| {
            let Listed { id, starts } = listed(&one);
            let starts = starts.filter(|starts| *starts > now)?;
            Some(((starts, id), one))
        })
        .min_by_key(|(begins, _)| *begins)
        .map(|(_, one)| one)
}

/// At most three of the products beside the one with the id `shown`: events to come by date, then what has no date,
/// the newest first (`docs/rules.md` 218).
pub fn related<T>(
    all: impl IntoIterator<Item = T>,
    listed: impl Fn(&T) -> Listed,
    shown: i64,
    now: OffsetDateTime,
) -> Vec<T> {
    let mut ranked: Vec<_> = all
        .into_iter()
        .filter_map(|one| {
            let Listed { id, starts } = listed(&one);
            let is_over = has_begun(starts, now);
            let rank = (starts.is_none(), starts, Reverse(id));
            (id != shown && !is_over).then_some((rank, one))
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let first = ranked.into_iter().take(RELATED);
    first.map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2027-01-28 18:00 UTC);

    fn event(id: i64, hours: i64) -> Listed {
        Listed {
            id,
            starts: Some(NOW + Duration::hours(hours)),
        }
    }

    fn undated(id: i64) -> Listed {
        Listed { id, starts: None }
    }

    #[test]
    fn the_next_event_is_the_first_that_has_not_begun() {
        let next = |all: &[Listed]| next_event(all, |one| **one, NOW).map(|one| one.id);
        assert_eq!(next(&[]), None);
        assert_eq!(next(&[undated(1), event(2, -1), event(3, 0)]), None);
        assert_eq!(next(&[event(1, 9), event(2, 2), event(3, -2)]), Some(2));
        assert_eq!(next(&[event(5, 2), event(4, 2)]), Some(4));
    }

    #[test]
    fn an_event_begins_at_its_time() {
        let begun = |hours| has_begun(event(1, hours).starts, NOW);
        assert_eq!([1, 0, -1].map(begun), [false, true, true]);
        assert!(!has_begun(undated(1).starts, NOW));
    }

    #[test]
    fn what_is_related_is_to_come_by_date_and_else_the_newest() {
        let related = |all: &[Listed], shown| -> Vec<i64> {
            let found = related(all, |one| **one, shown, NOW);
            found.into_iter().map(|one| one.id).collect()
        };
        let events = [
            undated(1),
            event(2, 9),
            event(3, 2),
            event(4, -2),
            undated(5),
        ];
        assert_eq!(
            related(&events, 9),
            [3, 2, 5],
            "three, and none that is over"
        );
        assert_eq!(related(&events, 3), [2, 5, 1], "not itself");
        assert_eq!(related(&[undated(1), undated(2)], 1), [2]);
        assert_eq!(related(&[undated(1)], 1), []);
    }
}
