//! How long a browser stays signed in (`docs/rules.md` 60).

use time::Duration;

use super::Rights;

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
    /// An admin's browser left open is worth more to a stranger.
    const ADMIN: Self = Self {
        idle: Duration::hours(12),
        total: Duration::days(7),
    };

    /// The limits for a person with these rights, who asked to be kept signed in or did not.
    pub fn of(rights: Rights, kept: bool) -> Self {
        match (rights.any(), kept) {
            (true, _) => Self::ADMIN,
            (false, true) => Self::KEPT,
            (false, false) => Self::MEMBER,
        }
    }

    /// How long the browser keeps the session when it is closed; `None` if the session ends then.
    pub fn kept_for(rights: Rights, kept: bool) -> Option<Duration> {
        (kept && !rights.any()).then_some(Self::KEPT.total)
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
        let member = SessionLimits::of(Rights::default(), false);
        assert_eq!(member.left(Duration::ZERO), Duration::days(14));
        assert_eq!(member.left(Duration::days(20)), Duration::days(10));
        assert!(!member.left(Duration::days(30)).is_positive());
    }

    #[test]
    fn an_admin_is_signed_out_sooner() {
        for rights in [(true, false), (false, true)] {
            let (tenant, platform) = rights;
            let rights = Rights { tenant, platform };
            let admin = SessionLimits::of(rights, true);
            assert_eq!(admin, SessionLimits::of(rights, false));
            assert_eq!(SessionLimits::kept_for(rights, true), None);
            assert_eq!(admin.left(Duration::ZERO), Duration::hours(12));
            assert_eq!(admin.left(Duration::hours(160)), Duration::hours(8));
            assert!(!admin.left(Duration::days(7)).is_positive());
        }
    }

    #[test]
    fn who_asks_is_kept_for_thirty_days() {
        let kept = SessionLimits::of(Rights::default(), true);
        assert_eq!(kept.left(Duration::ZERO), Duration::days(30));
        assert_eq!(kept.left(Duration::days(29)), Duration::days(1));
        assert!(!kept.left(Duration::days(30)).is_positive());
        let kept_for = |kept| SessionLimits::kept_for(Rights::default(), kept);
        assert_eq!(kept_for(true), Some(Duration::days(30)));
        assert_eq!(kept_for(false), None);
    }
}
