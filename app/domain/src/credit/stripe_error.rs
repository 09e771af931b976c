//! What can go wrong with a call to Stripe, and what follows from it.

use time::{Duration, OffsetDateTime};

use crate::{credit::MAX_IN_FLIGHT, referral::FailureReason, stripe_keys::StripeMode};

/// Number of attempts after which we give up; with [`backoff`] they take two and a quarter days.
pub const MAX_ATTEMPTS: u32 = 20;

/// The longest wait between attempts.
pub const MAX_BACKOFF: Duration = Duration::hours(6);

/// The wait after the `attempts`th error in a row: 1 s, 2 s, 4 s … up to [`MAX_BACKOFF`].
pub fn backoff(attempts: u32) -> Duration {
    let seconds = 1_i64 << attempts.saturating_sub(1).min(20);
    Duration::seconds(seconds).min(MAX_BACKOFF)
}

/// What went wrong with a call to Stripe, as far as the rules distinguish it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StripeError {
    /// Timeout, broken connection or unreadable answer: the call may have succeeded.
    OutcomeUnknown,
    /// 5xx: the call may have succeeded, and Stripe replays this answer for the idempotency key.
    ServerError,
    /// 429 or 409: this call did nothing, but an earlier call under the same key may still be
    /// running.
    NotProcessed,
    /// 400 `idempotency_error`: Stripe knows the idempotency key with other parameters and may have
    /// executed that request. This happens when a backup is restored and a setting has changed
    /// since. This call did nothing, and under this key none ever will (Stripe, "Idempotent
    /// requests").
    IdempotencyError,
    /// 401 or 403: Stripe rejects the secret key, or the key lacks the permission. This call did
    /// nothing; under a working key it would (Stripe, "Errors").
    SecretKeyRejected,
    /// Any other 4xx: the call can never succeed. Holds Stripe's error code, which is free of
    /// personal data.
    Refused(String),
    NotConnected,
    /// The credit was earned in this mode, but the connected account is in the other one.
    WrongMode(StripeMode),
}

impl StripeError {
    /// Whether the call may have succeeded. For all other errors, Stripe's answer or our own check
    /// says that it did not.
    pub fn outcome_is_unknown(&self) -> bool {
        match self {
            Self::OutcomeUnknown
            | Self::ServerError
            | Self::NotProcessed
            | Self::IdempotencyError => true,
            Self::Refused(_)
            | Self::NotConnected
            | Self::SecretKeyRejected
            | Self::WrongMode(_) => false,
        }
    }

    /// Whether Stripe charges no amount as small as the request's (Stripe, "Error codes",
    /// `amount_too_small`).
    pub fn is_of_small_amount(&self) -> bool {
        matches!(self, Self::Refused(code) if code == "amount_too_small")
    }

    /// Whether Stripe refuses the e-mail address of the request (Stripe, "Error codes",
    /// `email_invalid`). The same without an address may succeed.
    pub fn is_of_address(&self) -> bool {
        matches!(self, Self::Refused(code) if code == "email_invalid")
    }
}

/// What follows from an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterError {
    /// Try again after this wait.
    Retry(Duration),
    /// Give up.
    Fail(FailureReason),
}

/// Whether Stripe will replay this error for the idempotency key in use. It does so only for the
/// post of the balance transaction itself (`posting`): Stripe stores a 5xx and the first parameters
/// under the key.
pub fn replays_error(error: &StripeError, posting: bool) -> bool {
    posting
        && matches!(
            error,
            StripeError::ServerError | StripeError::IdempotencyError
        )
}

/// Decides what follows from `error`, the `attempts`th in a row (from 1). An error whose outcome is
/// unknown never counts as a refusal; it is retried until the attempts are used up. After an error
/// that Stripe replays, the next attempt reads the balance transactions, so it must wait until no
/// earlier call can still be running.
pub fn after_error(attempts: u32, error: &StripeError, posting: bool) -> AfterError {
    match error {
        StripeError::NotConnected => AfterError::Fail(FailureReason::StripeNotConnected),
        StripeError::SecretKeyRejected => AfterError::Fail(FailureReason::KeyNeedsAttention),
        StripeError::WrongMode(earned) => AfterError::Fail(FailureReason::OtherMode(*earned)),
        StripeError::Refused(code) => AfterError::Fail(FailureReason::Refused(code.clone())),
        _ if attempts >= MAX_ATTEMPTS => AfterError::Fail(FailureReason::Unreachable),
        _ if replays_error(error, posting) => {
            AfterError::Retry(backoff(attempts).max(MAX_IN_FLIGHT))
        }
        StripeError::OutcomeUnknown
        | StripeError::ServerError
        | StripeError::NotProcessed
        | StripeError::IdempotencyError => AfterError::Retry(backoff(attempts)),
    }
}

/// Decides what follows from an error while a purchase's debit is posted. The buyer waits, so a
/// refusal ends it at once; but a debit that `was_sent` and may have been executed is given up only
/// when Stripe answers the post itself, because its return needs a known outcome.
pub fn after_debit_error(
    attempts: u32,
    error: &StripeError,
    posting: bool,
    was_sent: bool,
) -> AfterError {
    let answered = posting && matches!(error, StripeError::Refused(_));
    let may_be_executed = was_sent || (posting && error.outcome_is_unknown());
    match after_error(attempts, error, posting) {
        AfterError::Fail(_) if may_be_executed && !answered => {
            AfterError::Retry(backoff(attempts).max(KEY_LEFT_ALONE))
        }
        next => next,
    }
}

/// The wait after an error while a debit is returned. A return is never given up: the balance that
/// it owes is the buyer's. Without a working key it waits for one (`docs/rules.md` 36).
pub fn after_return_error(attempts: u32, error: &StripeError, posting: bool) -> Duration {
    match after_error(attempts, error, posting) {
        AfterError::Retry(wait) => wait,
        AfterError::Fail(_) => backoff(attempts).max(KEY_LEFT_ALONE),
    }
}

/// Decides what follows from an error while an earned credit is taken back. Only a refusal ends it, as
/// when the customer was deleted and the credit with it; without a working key it waits for one.
pub fn after_reversal_error(
    attempts: u32,
    error: &StripeError,
    posting: bool,
    was_sent: bool,
) -> AfterError {
    match (after_debit_error(attempts, error, posting, was_sent), error) {
        (AfterError::Fail(reason), StripeError::Refused(_)) => AfterError::Fail(reason),
        (AfterError::Fail(_), _) => AfterError::Retry(backoff(attempts).max(KEY_LEFT_ALONE)),
        (retry, _) => retry,
    }
}

/// The error to record when Stripe does not know the customer to whom the credit was sent; `None`
/// if a new customer may replace a deleted one. If the secret key changed, its account is not the
/// one that we assumed, and the credit may already be issued at the right account.
pub fn after_unknown_customer(same_secret: bool) -> Option<StripeError> {
    (!same_secret).then(|| StripeError::Refused(UNKNOWN_CUSTOMER.to_owned()))
}

/// Stripe's error code for an id that the account does not know (Stripe, "Error codes").
const UNKNOWN_CUSTOMER: &str = "resource_missing";

/// Minimum wait before one credit that failed because of its secret key tests whether the key works
/// now. An admin may have changed the restricted key's permissions at Stripe.
const KEY_LEFT_ALONE: Duration = Duration::minutes(5);

/// When a credit that failed at `failed_at` because of its key, after `attempts`, may test the key.
pub fn ask_key_from(attempts: u32, failed_at: OffsetDateTime) -> OffsetDateTime {
    failed_at + backoff(attempts).max(KEY_LEFT_ALONE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    #[test]
    fn a_customer_unknown_under_another_secret_key_gets_no_successor() {
        assert_eq!(after_unknown_customer(true), None);
        let given_up = after_unknown_customer(false).map(|error| after_error(1, &error, false));
        let reason = FailureReason::Refused("resource_missing".to_owned());
        assert_eq!(given_up, Some(AfterError::Fail(reason)));
    }

    const DEAD_KEY: StripeError = StripeError::SecretKeyRejected;

    fn refused() -> StripeError {
        StripeError::Refused("resource_missing".to_owned())
    }

    #[test]
    fn a_debit_of_unknown_outcome_is_never_given_up() {
        let unknown = StripeError::OutcomeUnknown;
        let next = |error: &StripeError, posting, was_sent| {
            let next = after_debit_error(MAX_ATTEMPTS, error, posting, was_sent);
            matches!(next, AfterError::Retry(_))
        };
        assert!(next(&unknown, true, false), "just sent");
        assert!(next(&unknown, false, true), "sent earlier");
        for error in [DEAD_KEY, refused()] {
            assert!(next(&error, false, true), "sent earlier: {error:?}");
            assert!(!next(&error, false, false), "never sent: {error:?}");
        }
        assert!(!next(&refused(), true, true), "answered");
        assert!(
            next(&DEAD_KEY, true, true),
            "says nothing of the earlier call"
        );
        assert!(!next(&unknown, false, false), "never sent");
    }

    #[test]
    fn a_return_waits_and_is_never_given_up() {
        let waits = |attempts, error: &StripeError| after_return_error(attempts, error, false);
        assert_eq!(waits(1, &StripeError::OutcomeUnknown), Duration::SECOND);
        for error in [DEAD_KEY, refused(), StripeError::NotConnected] {
            assert_eq!(waits(1, &error), KEY_LEFT_ALONE);
            assert_eq!(waits(MAX_ATTEMPTS + 1, &error), MAX_BACKOFF);
        }
        let used_up = waits(MAX_ATTEMPTS, &StripeError::OutcomeUnknown);
        assert_eq!(used_up, MAX_BACKOFF);
    }

    #[test]
    fn a_reversal_waits_for_a_key_and_ends_with_its_customer() {
        let after = |error: &StripeError| after_reversal_error(MAX_ATTEMPTS, error, false, false);
        for error in [
            DEAD_KEY,
            StripeError::NotConnected,
            StripeError::OutcomeUnknown,
            StripeError::WrongMode(StripeMode::Live),
        ] {
            assert_eq!(after(&error), AfterError::Retry(MAX_BACKOFF), "{error:?}");
        }
        assert!(matches!(after(&refused()), AfterError::Fail(_)));
    }

    #[test]
    fn a_passing_fault_ends_in_words_that_offer_another_try() {
        assert_eq!(
            after_error(MAX_ATTEMPTS, &StripeError::OutcomeUnknown, true),
            AfterError::Fail(FailureReason::Unreachable)
        );
        assert_eq!(
            after_error(1, &StripeError::NotConnected, false),
            AfterError::Fail(FailureReason::StripeNotConnected)
        );
    }

    #[test]
    fn a_key_that_stripe_does_not_take_fails_it_for_now() {
        for posting in [false, true] {
            let verdict = after_error(1, &StripeError::SecretKeyRejected, posting);
            assert_eq!(verdict, AfterError::Fail(FailureReason::KeyNeedsAttention));
            assert!(!replays_error(&StripeError::SecretKeyRejected, posting));
        }
        let after = |attempts| ask_key_from(attempts, NOW) - NOW;
        assert_eq!(after(1), KEY_LEFT_ALONE);
        assert_eq!(after(u32::MAX), MAX_BACKOFF);
    }

    #[test]
    fn a_credit_of_another_mode_is_not_given() {
        for mode in [StripeMode::Test, StripeMode::Live] {
            let verdict = after_error(1, &StripeError::WrongMode(mode), false);
            assert_eq!(verdict, AfterError::Fail(FailureReason::OtherMode(mode)));
        }
    }

    #[test]
    fn books_are_read_when_nothing_can_be_under_way_any_more() {
        let after = |attempts, error, posting| after_error(attempts, &error, posting);
        for spoils in [StripeError::ServerError, StripeError::IdempotencyError] {
            assert_eq!(after(1, spoils, true), AfterError::Retry(MAX_IN_FLIGHT));
        }
        let soon = AfterError::Retry(Duration::seconds(1));
        assert_eq!(
            after(1, StripeError::ServerError, false),
            soon,
            "no key was used"
        );
        assert_eq!(
            after(1, StripeError::OutcomeUnknown, true),
            soon,
            "by the same key"
        );
        let longer = AfterError::Retry(backoff(12));
        assert_eq!(after(12, StripeError::ServerError, true), longer);
    }

    proptest! {
        #[test]
        fn an_unknown_outcome_is_tried_again(attempts in 1..MAX_ATTEMPTS) {
            let unknown = [StripeError::OutcomeUnknown, StripeError::ServerError, StripeError::NotProcessed, StripeError::IdempotencyError];
            for error in unknown {
                for posting in [false, true] {
                    let verdict = after_error(attempts, &error, posting);
                    prop_assert!(matches!(verdict, AfterError::Retry(_)));
                }
            }
        }

        #[test]
        fn waits_grow_and_stay_bounded(attempts in 0_u32..10_000) {
            prop_assert!(backoff(attempts) <= backoff(attempts + 1));
            prop_assert!(backoff(attempts) >= Duration::seconds(1));
            prop_assert!(backoff(attempts) <= Duration::hours(6));
        }
    }
}
