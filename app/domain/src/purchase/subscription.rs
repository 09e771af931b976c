//! Memberships and plans: how one stands at Stripe, what people read of it, and when it ended too early
//! to earn anything (`docs/rules.md` 143 to 147).

use time::OffsetDateTime;

/// The status of a subscription (Stripe, "The Subscription object").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubscriptionStatus {
    /// Its first payment is missing.
    Incomplete,
    /// Its first payment did not come in time.
    IncompleteExpired,
    Trialing,
    Active,
    /// A renewal was not paid; Stripe tries again.
    PastDue,
    /// A renewal was not paid, and Stripe tries no more.
    Unpaid,
    Paused,
    Canceled,
}

impl SubscriptionStatus {
    pub const ALL: [Self; 8] = [
        Self::Incomplete,
        Self::IncompleteExpired,
        Self::Trialing,
        Self::Active,
        Self::PastDue,
        Self::Unpaid,
        Self::Paused,
        Self::Canceled,
    ];

    /// The value in the database, which is Stripe's.
    pub fn code(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::IncompleteExpired => "incomplete_expired",
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Paused => "paused",
            Self::Canceled => "canceled",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether it is over for good: Stripe begins none of these again.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }
}

/// A subscription as Stripe has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscribed {
    pub status: SubscriptionStatus,
    /// When what was paid for ends.
    pub period_end: Option<OffsetDateTime>,
    /// It ends with the period.
    pub cancel_at_period_end: bool,
    /// It ends then.
    pub cancel_at: Option<OffsetDateTime>,
    pub ended_at: Option<OffsetDateTime>,
}

/// How a membership or a plan stands, as people read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It goes on; holds when it is paid next.
    Active(Option<OffsetDateTime>),
    /// It is set to end.
    Ends(Option<OffsetDateTime>),
    /// A payment failed.
    PastDue,
    Paused,
    Ended(Option<OffsetDateTime>),
}

impl Subscribed {
    pub fn standing(&self) -> Standing {
        let ends = self
            .cancel_at
            .or(self.period_end.filter(|_| self.cancel_at_period_end));
        match self.status {
            SubscriptionStatus::Canceled | SubscriptionStatus::IncompleteExpired => {
                Standing::Ended(self.ended_at)
            }
            _ if self.cancel_at_period_end || ends.is_some() => Standing::Ends(ends),
            SubscriptionStatus::Active | SubscriptionStatus::Trialing => {
                Standing::Active(self.period_end)
            }
            SubscriptionStatus::Paused => Standing::Paused,
            SubscriptionStatus::PastDue
            | SubscriptionStatus::Unpaid
            | SubscriptionStatus::Incomplete => Standing::PastDue,
        }
    }
}

impl Standing {
    /// A few words, for a badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::Active(_) => "Active",
            Self::Ends(_) => "Set to end",
            Self::PastDue => "Payment failed",
            Self::Paused => "Paused",
            Self::Ended(_) => "Ended",
        }
    }

    /// The end of the class of the badge.
    pub fn badge(self) -> &'static str {
        match self {
            Self::Active(_) => "paid",
            Self::Ends(_) | Self::Paused => "processing",
            Self::PastDue => "failed",
            Self::Ended(_) => "expired",
        }
    }

    /// What happens when; `day` writes a day as pages do. Empty if there is nothing to say.
    pub fn sentence(self, day: impl Fn(OffsetDateTime) -> String) -> String {
        match self {
            Self::Active(Some(next)) => format!("Next payment on {}", day(next)),
            Self::Active(None) | Self::Paused => String::new(),
            Self::Ends(Some(end)) => format!("Ends on {}", day(end)),
            Self::Ends(None) => "Ends after the paid period".to_owned(),
            Self::PastDue => "The last payment failed".to_owned(),
            Self::Ended(Some(end)) => format!("Ended on {}", day(end)),
            Self::Ended(None) => String::new(),
        }
    }

    /// When it is paid next, ends, or ended.
    pub fn at(self) -> Option<OffsetDateTime> {
        match self {
            Self::Active(at) | Self::Ends(at) | Self::Ended(at) => at,
            Self::PastDue | Self::Paused => None,
        }
    }

    /// Whether there is something to manage.
    pub fn goes_on(self) -> bool {
        !matches!(self, Self::Ended(_))
    }
}

/// A state by which the console lists memberships and plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StandingFilter {
    Active,
    PastDue,
    Ends,
    Ended,
}

impl StandingFilter {
    pub const ALL: [Self; 4] = [Self::Active, Self::PastDue, Self::Ends, Self::Ended];

    /// The value in the address.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Ends => "ends",
            Self::Ended => "ended",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.code() == code)
    }

    /// The words of the choice.
    pub fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::PastDue => "Payment failed",
            Self::Ends => "Set to end",
            Self::Ended => "Ended",
        }
    }
}

/// Whether a membership or a plan ended while the credit that it earned was on hold: then it earns nothing.
/// One that is set to end later has not ended (`docs/rules.md` 145).
pub fn ended_in_hold(ended_at: Option<OffsetDateTime>, held_until: Option<OffsetDateTime>) -> bool {
    ended_at
        .zip(held_until)
        .is_some_and(|(ended, end)| ended < end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::{Duration, macros::datetime};

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    fn active() -> Subscribed {
        Subscribed {
            status: SubscriptionStatus::Active,
            period_end: Some(NOW),
            cancel_at_period_end: false,
            cancel_at: None,
            ended_at: None,
        }
    }

    fn words(subscribed: Subscribed) -> (&'static str, String) {
        let standing = subscribed.standing();
        let sentence = standing.sentence(|day| day.date().to_string());
        (standing.label(), sentence)
    }

    #[test]
    fn states_are_read_back() {
        for status in SubscriptionStatus::ALL {
            assert_eq!(SubscriptionStatus::parse(status.code()), Some(status));
        }
        assert_eq!(SubscriptionStatus::parse("new"), None);
        for filter in StandingFilter::ALL {
            assert_eq!(StandingFilter::parse(filter.code()), Some(filter));
        }
    }

    #[test]
    fn people_read_what_comes_next() {
        let next = "Next payment on 2026-11-22".to_owned();
        assert_eq!(words(active()), ("Active", next));
        let ends = Subscribed {
            cancel_at_period_end: true,
            ..active()
        };
        assert_eq!(words(ends), ("Set to end", "Ends on 2026-11-22".to_owned()));
        let dated = Subscribed {
            cancel_at: Some(NOW + Duration::days(2)),
            ..active()
        };
        assert_eq!(
            words(dated),
            ("Set to end", "Ends on 2026-11-24".to_owned())
        );
        let unpaid = Subscribed {
            status: SubscriptionStatus::PastDue,
            ..active()
        };
        let failed = "The last payment failed".to_owned();
        assert_eq!(words(unpaid), ("Payment failed", failed));
        let ended = Subscribed {
            status: SubscriptionStatus::Canceled,
            ended_at: Some(NOW),
            ..ends
        };
        assert_eq!(words(ended), ("Ended", "Ended on 2026-11-22".to_owned()));
    }

    #[test]
    fn one_that_is_set_to_end_has_not_ended() {
        assert!(!ended_in_hold(None, Some(NOW)));
        assert!(!ended_in_hold(Some(NOW), None), "without a hold");
    }

    proptest! {
        #[test]
        fn only_what_ends_before_its_hold_earns_nothing(ended in -1000_i64..1000) {
            let at = NOW + Duration::minutes(ended);
            prop_assert_eq!(ended_in_hold(Some(at), Some(NOW)), ended < 0);
        }

        #[test]
        fn what_is_over_stays_so(
            status in prop::sample::select(SubscriptionStatus::ALL.to_vec()),
            cancel: bool,
        ) {
            let subscribed = Subscribed { status, cancel_at_period_end: cancel, ..active() };
            prop_assert_eq!(!subscribed.standing().goes_on(), status.is_over());
        }
    }
}
