//! How long a browser stays signed in (`docs/rules.md` 60).

use time::Duration;

/// When a browser session ends, whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// After the last request.
    pub idle: Duration,
    /// After signing in.
    pub total: Duration,
}

impl SessionLimits {
    const MEMBER: Self = Self {
        idle: Duration::days(14),
        total: Duration::days(30),
    };
    /// Who asked to be kept signed in.
    const KEPT: Self = Self {
        idle: Duration::days(30),
        total: Duration::days(30),
    };
    /// A browser of the staff left open is worth more to a stranger.
    const STAFF: Self = Self {
        idle: Duration::hours(12),
        total: Duration::days(7),
    };

    /// A platform referrer, who signs in by a link in a mail.
    pub const REFERRER: Self = Self::STAFF;

    /// The limits for a member or somebody of the staff, who asked to be kept signed in or did not.
    pub fn of(staff: bool, kept: bool) -> Self {
        match (staff, kept) {
            (true, _) => Self::STAFF,
            (false, true) => Self::KEPT,
            (false, false) => Self::MEMBER,
        }
    }

    /// How long the browser keeps the session when it is closed; `None` if the session ends then.
    pub fn kept_for(staff: bool, kept: bool) -> Option<Duration> {
        (kept && !staff).then_some(Self::KEPT.total)
    }

    /// How much longer a session lasts that is used now, `since_sign_in` after it began.
    pub fn left(self, since_sign_in: Duration) -> Duration {
        self.idle.min(self.total - since_sign_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_after_its_idle_time_and_in_the_end_whatever_happens() {
        let member = SessionLimits::of(false, false);
        assert_eq!(member.left(Duration::ZERO), Duration::days(14));
        assert_eq!(member.left(Duration::days(20)), Duration::days(10));
        assert!(!member.left(Duration::days(30)).is_positive());
    }

    #[test]
    fn staff_are_signed_out_sooner() {
        let staff = SessionLimits::of(true, true);
        assert_eq!(staff, SessionLimits::of(true, false));
        assert_eq!(SessionLimits::kept_for(true, true), None);
        assert_eq!(staff.left(Duration::ZERO), Duration::hours(12));
        assert_eq!(staff.left(Duration::hours(160)), Duration::hours(8));
        assert!(!staff.left(Duration::days(7)).is_positive());
    }

    #[test]
    fn who_asks_is_kept_for_thirty_days() {
        let kept = SessionLimits::of(false, true);
        assert_eq!(kept.left(Duration::ZERO), Duration::days(30));
        assert_eq!(kept.left(Duration::days(29)), Duration::days(1));
        assert!(!kept.left(Duration::days(30)).is_positive());
        let kept_for = |kept| SessionLimits::kept_for(false, kept);
        assert_eq!(kept_for(true), Some(Duration::days(30)));
        assert_eq!(kept_for(false), None);
    }
}
