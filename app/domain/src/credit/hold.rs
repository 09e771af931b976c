//! The hold of a credit: the time from the payment that earned it to the moment at which it may be issued.
//! It delays the posting alone; what is earned is decided before (`docs/rules.md` 130 to 132).

use time::{Duration, OffsetDateTime};

/// The longest hold that a program may have, in days.
pub const HOLD_MAX_DAYS: i64 = 90;

/// When the hold of what was paid then ends, whether or not it is over; `None` without a hold.
pub fn hold_ends(paid_at: OffsetDateTime, hold_days: i64) -> Option<OffsetDateTime> {
    (hold_days > 0).then(|| paid_at + Duration::days(hold_days.min(HOLD_MAX_DAYS)))
}

/// Until when a credit that is decided `now` is on hold; `None` if it may be issued at once. The hold
/// counts from the payment. A payment in the future means that the clock was set back since: no hold is
/// longer than its days from now on.
pub fn held_until(
    paid_at: OffsetDateTime,
    hold_days: i64,
    now: OffsetDateTime,
) -> Option<OffsetDateTime> {
    hold_ends(paid_at.min(now), hold_days).filter(|end| *end > now)
}

/// Whether a credit may not be issued yet. A clock that is set back lengthens a hold and never shortens it,
/// since credit that was given too early may be spent.
pub fn is_on_hold(held_until: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    held_until.is_some_and(|end| end > now)
}

/// Until when a credit is on hold that another purchase of the same friend keeps: as long after the other
/// payment as it was after the first, and no shorter than before.
pub fn hold_of_another(
    held_until: OffsetDateTime,
    first_paid_at: OffsetDateTime,
    other_paid_at: OffsetDateTime,
) -> OffsetDateTime {
    let later = other_paid_at - first_paid_at;
    held_until + later.max(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const PAID: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    fn after(hours: i64) -> OffsetDateTime {
        PAID + Duration::hours(hours)
    }

    #[test]
    fn without_a_hold_a_credit_is_issued_at_once() {
        for hours in [0, 1, 1000] {
            assert_eq!(held_until(PAID, 0, after(hours)), None);
        }
        assert_eq!(hold_ends(PAID, 0), None, "nothing ends within it");
        assert!(!is_on_hold(None, PAID));
    }

    #[test]
    fn a_hold_counts_from_the_payment_and_not_from_the_decision() {
        assert_eq!(held_until(PAID, 1, after(0)), Some(after(24)));
        assert_eq!(held_until(PAID, 1, after(23)), Some(after(24)));
        assert_eq!(held_until(PAID, 1, after(24)), None, "it is over");
        assert_eq!(held_until(PAID, 14, after(1000)), None, "decided late");
    }

    #[test]
    fn another_purchase_that_keeps_the_credit_begins_the_hold_anew() {
        let end = after(24);
        assert_eq!(hold_of_another(end, PAID, after(10)), after(34));
        assert_eq!(hold_of_another(end, PAID, after(-10)), end);
    }

    proptest! {
        /// Whenever it is decided, and whatever was set: no credit is issued before its hold ends, and it is
        /// issued then.
        #[test]
        fn a_credit_is_issued_when_its_hold_ends(
            days in 0..=HOLD_MAX_DAYS,
            decided in 0_i64..4_000,
            looked in 0_i64..4_000,
        ) {
            let (decided, looked) = (after(decided), after(decided + looked));
            let end = held_until(PAID, days, decided);
            let over = looked >= PAID + Duration::days(days);
            prop_assert_eq!(is_on_hold(end, looked), !over);
        }

        /// A clock that was set back after the payment makes no hold longer than its days.
        #[test]
        fn no_hold_is_longer_than_its_days(days in -5_i64..200, back in -4_000_i64..4_000) {
            let now = after(back);
            if let Some(end) = held_until(PAID, days, now) {
                prop_assert!(end > now);
                prop_assert!(end - now <= Duration::days(days.min(HOLD_MAX_DAYS)));
            }
        }

        /// Who buys again shortly before the hold ends, and returns the first purchase, waits as long again.
        #[test]
        fn no_purchase_keeps_a_credit_with_a_shorter_hold(days in 1..=HOLD_MAX_DAYS, later in -2_000_i64..2_000) {
            let end = PAID + Duration::days(days);
            let kept = hold_of_another(end, PAID, after(later));
            prop_assert!(kept >= end);
            prop_assert!(kept >= after(later) + Duration::days(days));
        }
    }
}
