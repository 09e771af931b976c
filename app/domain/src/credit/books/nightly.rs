//! When the books are compared by themselves (`docs/rules.md` 161).

use time::{Duration, OffsetDateTime};

/// How long after midnight of the site's zone it begins, when nobody buys.
const FROM: Duration = Duration::hours(3);
/// How long it may begin; what did not begin by then is for the next night.
const FOR: Duration = Duration::hours(3);

/// Whether the comparison of this night is due at `now`. `day_began` is when the day of `now` began in the
/// site's zone; `last_began` is when the last comparison began, whoever asked for it.
pub fn nightly_is_due(
    now: OffsetDateTime,
    day_began: OffsetDateTime,
    last_began: Option<OffsetDateTime>,
) -> bool {
    let from = day_began + FROM;
    let is_night = now >= from && now < from + FOR;
    is_night && last_began.is_none_or(|last| last < from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_once_each_night() {
        let day = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let at = |hours| day + Duration::hours(hours);
        assert!(!nightly_is_due(at(2), day, None));
        assert!(nightly_is_due(at(3), day, None));
        assert!(!nightly_is_due(at(6), day, None));
        assert!(!nightly_is_due(at(4), day, Some(at(3))));
        assert!(nightly_is_due(at(4), day, Some(at(2))));
    }
}
