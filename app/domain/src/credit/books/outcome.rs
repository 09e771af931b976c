//! How a comparison of the books ends (`docs/rules.md` 161).

use time::{Duration, OffsetDateTime};

use crate::credit::StripeError;

/// How long a comparison waits for Stripe altogether.
const PATIENCE: Duration = Duration::DAY;

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BooksOutcome {
    /// Every customer was compared.
    Compared,
    NotConnected,
    /// Stripe did not take the secret key.
    KeyRejected,
    /// Stripe did not answer for a day.
    Unanswered,
}

impl BooksOutcome {
    pub const ALL: [Self; 4] = [
        Self::Compared,
        Self::NotConnected,
        Self::KeyRejected,
        Self::Unanswered,
    ];

    /// What an error of Stripe's means for a comparison that began at `began`; `None` if it goes on later.
    pub fn of_error(
        error: &StripeError,
        began: OffsetDateTime,
        now: OffsetDateTime,
    ) -> Option<Self> {
        match error {
            StripeError::NotConnected | StripeError::WrongMode(_) => Some(Self::NotConnected),
            StripeError::SecretKeyRejected => Some(Self::KeyRejected),
            StripeError::OutcomeUnknown
            | StripeError::ServerError
            | StripeError::NotProcessed
            | StripeError::IdempotencyError
            | StripeError::Refused(_) => (now - began >= PATIENCE).then_some(Self::Unanswered),
        }
    }

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::NotConnected => "not_connected",
            Self::KeyRejected => "key_rejected",
            Self::Unanswered => "unanswered",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// What staff reads.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Compared => "Every customer was compared.",
            Self::NotConnected => "Stripe is not connected, so there was nothing to compare with.",
            Self::KeyRejected => {
                "Stripe did not take the secret key, so not every customer was compared. Check the key in Site \
                 Settings."
            }
            Self::Unanswered => {
                "Stripe did not answer for a day, so not every customer was compared."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for outcome in BooksOutcome::ALL {
            assert_eq!(BooksOutcome::parse(outcome.code()), Some(outcome));
        }
    }

    #[test]
    fn a_dead_key_ends_it_and_silence_only_after_a_day() {
        let began = OffsetDateTime::UNIX_EPOCH;
        let ends = |error: StripeError, hours| {
            BooksOutcome::of_error(&error, began, began + Duration::hours(hours))
        };
        assert_eq!(
            ends(StripeError::SecretKeyRejected, 0),
            Some(BooksOutcome::KeyRejected)
        );
        assert_eq!(
            ends(StripeError::NotConnected, 0),
            Some(BooksOutcome::NotConnected)
        );
        assert_eq!(ends(StripeError::OutcomeUnknown, 23), None);
        assert_eq!(
            ends(StripeError::OutcomeUnknown, 24),
            Some(BooksOutcome::Unanswered)
        );
    }
}
