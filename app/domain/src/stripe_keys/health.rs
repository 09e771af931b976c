//! Whether a connected Stripe account works: the badge of the connection, and what to do.

use time::{Duration, OffsetDateTime};

/// How long an event may take before its absence is an alarm.
const EVENT_WITHIN: Duration = Duration::minutes(10);

/// What is known about a connected account. All times are UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// When Stripe last accepted the key.
    pub key_worked_at: Option<OffsetDateTime>,
    /// When Stripe last rejected it.
    pub key_rejected_at: Option<OffsetDateTime>,
    /// How many signing secrets are in force.
    pub webhook_secrets: usize,
    /// Since when a payment that Stripe was asked about waits for its event.
    pub unannounced_at: Option<OffsetDateTime>,
    /// The key, which works otherwise, may not write coupons.
    pub coupons_refused: bool,
}

/// The badge of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// The key works, and events can be verified.
    Connected,
    /// The key was never tried.
    NotTried,
    /// Stripe rejects the key.
    KeyRejected,
    /// No event can be verified.
    NoWebhookSecret,
    /// Stripe took a payment whose event did not come.
    EventsMissing,
    /// The key may not write the coupons with which members use their credit.
    CouponsRefused,
    /// The stored keys cannot be decrypted.
    Unreadable,
}

impl Health {
    /// What is known at `now`, worst first.
    pub fn of(known: Known, now: OffsetDateTime) -> Self {
        let rejected = match (known.key_rejected_at, known.key_worked_at) {
            (Some(rejected), Some(worked)) => rejected > worked,
            (rejected, None) => rejected.is_some(),
            (None, _) => false,
        };
        let missing = known
            .unannounced_at
            .is_some_and(|since| now - since >= EVENT_WITHIN);
        match known {
            _ if rejected => Self::KeyRejected,
            _ if missing => Self::EventsMissing,
            Known {
                webhook_secrets: 0, ..
            } => Self::NoWebhookSecret,
            Known {
                coupons_refused: true,
                ..
            } => Self::CouponsRefused,
            Known {
                key_worked_at: None,
                ..
            } => Self::NotTried,
            _ => Self::Connected,
        }
    }

    /// The words of the badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::Connected => "Connected",
            Self::NotTried => "Not tested",
            Self::KeyRejected
            | Self::NoWebhookSecret
            | Self::EventsMissing
            | Self::CouponsRefused
            | Self::Unreadable => "Needs attention",
        }
    }

    /// What is wrong and what to do; `None` if all is well.
    pub fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Connected => None,
            Self::NotTried => Some("The key was not tried yet. Use Test connection."),
            Self::KeyRejected => Some(
                "Stripe rejects the secret key. Enter another one: payments and credits wait for it.",
            ),
            Self::NoWebhookSecret => Some(
                "No signing secret is saved, so Stripe's events cannot be verified. Payments are \
                 noticed late, when Stripe is asked about them.",
            ),
            Self::EventsMissing => Some(
                "Stripe took a payment, but its event did not arrive. Check the webhook endpoint at \
                 Stripe: its address, its events, and its signing secret.",
            ),
            Self::CouponsRefused => Some(
                "The secret key may not write coupons, so nobody can pay a part of a price with \
                 credit. Allow it at Stripe, then use Test connection.",
            ),
            Self::Unreadable => Some(
                "The Stripe keys that are stored here cannot be read, because APP_SECRET is another one. \
                 Connect Stripe again.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn ago(minutes: i64) -> Option<OffsetDateTime> {
        Some(NOW - Duration::minutes(minutes))
    }

    fn well() -> Known {
        Known {
            key_worked_at: ago(5),
            webhook_secrets: 1,
            ..Known::default()
        }
    }

    #[test]
    fn connected_means_that_the_key_was_tried() {
        let health = |known| Health::of(known, NOW);
        assert_eq!(health(well()), Health::Connected);
        let untried = Known {
            key_worked_at: None,
            ..well()
        };
        assert_eq!(health(untried), Health::NotTried);
        let none = Known {
            webhook_secrets: 0,
            ..well()
        };
        assert_eq!(health(none), Health::NoWebhookSecret);
        let no_coupons = Known {
            coupons_refused: true,
            ..well()
        };
        assert_eq!(health(no_coupons), Health::CouponsRefused);
    }

    #[test]
    fn the_last_answer_about_the_key_counts() {
        let health = |rejected, worked| {
            let known = Known {
                key_rejected_at: rejected,
                key_worked_at: worked,
                ..well()
            };
            Health::of(known, NOW)
        };
        assert_eq!(health(ago(1), ago(2)), Health::KeyRejected);
        assert_eq!(health(ago(2), ago(1)), Health::Connected);
        assert_eq!(health(ago(1), None), Health::KeyRejected);
    }

    #[test]
    fn an_event_has_ten_minutes() {
        let health = |since| {
            let known = Known {
                unannounced_at: since,
                ..well()
            };
            Health::of(known, NOW)
        };
        assert_eq!(health(ago(9)), Health::Connected);
        assert_eq!(health(ago(10)), Health::EventsMissing);
    }

    #[test]
    fn all_that_is_wrong_says_what_to_do() {
        use Health::{
            Connected, CouponsRefused, EventsMissing, KeyRejected, NoWebhookSecret, NotTried,
            Unreadable,
        };
        assert_eq!(Connected.sentence(), None);
        for wrong in [
            NotTried,
            KeyRejected,
            NoWebhookSecret,
            EventsMissing,
            CouponsRefused,
            Unreadable,
        ] {
            assert!(wrong.sentence().is_some() && wrong.label() != Connected.label());
        }
    }
}
