//! How a refund gets to Stripe once, and when Stripe is asked about it again.

use time::{Duration, OffsetDateTime};

use crate::{
    credit::{
        CreditProgress, MAX_BACKOFF, MAX_CLOCK_SKEW, MAX_IN_FLIGHT, NextStep, StripeError, backoff,
        next_step, replays_error,
    },
    purchase::WAITED_AT_MOST,
    refund::{KEY_NEEDS_ATTENTION, RefundStatus},
};

/// The least wait between two looks at a refund that is on its way.
const LEAST: Duration = Duration::minutes(1);

/// The idempotency key under which the refund with this random token is sent. Later generations append
/// their number.
pub fn sent_key(token: &str, generation: u32) -> String {
    match generation {
        0 | 1 => format!("refund:{token}"),
        later => format!("refund:{token}:{later}"),
    }
}

/// How long to wait before a refund is sent again that is not among those that Stripe lists; `None` if it
/// may be sent now. While an earlier request may still be running, only the same key under the same secret
/// keeps Stripe from refunding twice.
pub fn wait_before(
    progress: &CreditProgress,
    same_secret: bool,
    now: OffsetDateTime,
) -> Option<Duration> {
    if let NextStep::Wait(left) = next_step(progress, same_secret, now) {
        return Some(left);
    }
    let left = progress.last_sent_at? + MAX_IN_FLIGHT - now;
    let may_run = left.is_positive() && left <= MAX_IN_FLIGHT + MAX_CLOCK_SKEW;
    (progress.key_replays_error && may_run).then_some(left)
}

/// What follows from an error while a refund is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterRefundError {
    /// Stripe may have it: it is looked for, and sent again after this wait.
    Retry(Duration),
    /// Stripe does not have it and will not: the code says why.
    Refused(String),
}

/// Decides what follows from the `attempts`th error in a row (from 1). `posting` says that it answers
/// the refund itself, and `was_sent` that the refund was sent before. What Stripe may have is never given
/// up; what it was never asked for is, so that an admin does not wait for a key.
pub fn after_refund_error(
    attempts: u32,
    error: &StripeError,
    posting: bool,
    was_sent: bool,
) -> AfterRefundError {
    let retry = || AfterRefundError::Retry(backoff(attempts));
    match error {
        StripeError::Refused(code) if posting || !was_sent => {
            AfterRefundError::Refused(code.clone())
        }
        StripeError::SecretKeyRejected | StripeError::NotConnected | StripeError::WrongMode(_)
            if !was_sent =>
        {
            AfterRefundError::Refused(KEY_NEEDS_ATTENTION.to_owned())
        }
        // The next attempt may use another key, and so it has to find this one first.
        _ if replays_error(error, posting) => {
            AfterRefundError::Retry(backoff(attempts).max(MAX_IN_FLIGHT))
        }
        StripeError::Refused(_)
        | StripeError::SecretKeyRejected
        | StripeError::NotConnected
        | StripeError::WrongMode(_)
        | StripeError::OutcomeUnknown
        | StripeError::ServerError
        | StripeError::NotProcessed
        | StripeError::IdempotencyError => retry(),
    }
}

/// The wait before Stripe is asked again about a refund in this state, after `looks` in a row that
/// changed nothing; `age` is how long ago it was made. `None`: it is over, or Stripe's events are waited
/// for alone. What Stripe has not confirmed is asked about for ever.
pub fn next_look(status: RefundStatus, looks: u32, age: Duration) -> Option<Duration> {
    let wait = || backoff(looks).clamp(LEAST, MAX_BACKOFF);
    match status {
        RefundStatus::Requested => Some(backoff(looks)),
        RefundStatus::Pending | RefundStatus::RequiresAction => (age < WAITED_AT_MOST).then(wait),
        RefundStatus::Refused
        | RefundStatus::Succeeded
        | RefundStatus::Failed
        | RefundStatus::Canceled => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;
    use crate::credit::MAX_ATTEMPTS;

    #[test]
    fn each_generation_has_a_key_of_its_own() {
        assert_eq!(sent_key("abc", 1), "refund:abc");
        assert_eq!(sent_key("abc", 2), "refund:abc:2");
    }

    #[test]
    fn what_stripe_may_have_is_never_given_up() {
        let refused = || StripeError::Refused("charge_already_refunded".to_owned());
        for error in [
            StripeError::OutcomeUnknown,
            StripeError::ServerError,
            StripeError::NotProcessed,
            StripeError::IdempotencyError,
            StripeError::SecretKeyRejected,
            StripeError::NotConnected,
        ] {
            for posting in [false, true] {
                let after = after_refund_error(MAX_ATTEMPTS + 1, &error, posting, true);
                assert!(matches!(after, AfterRefundError::Retry(_)), "{error:?}");
            }
        }
        let looking = after_refund_error(1, &refused(), false, true);
        assert!(matches!(looking, AfterRefundError::Retry(_)));
        let answered = after_refund_error(1, &refused(), true, true);
        let code = "charge_already_refunded".to_owned();
        assert_eq!(answered, AfterRefundError::Refused(code));
    }

    #[test]
    fn what_stripe_was_never_asked_for_waits_for_no_key() {
        let key = AfterRefundError::Refused(KEY_NEEDS_ATTENTION.to_owned());
        for posting in [false, true] {
            let rejected = StripeError::SecretKeyRejected;
            assert_eq!(after_refund_error(1, &rejected, posting, false), key);
        }
        let silent = after_refund_error(1, &StripeError::OutcomeUnknown, false, false);
        assert!(matches!(silent, AfterRefundError::Retry(_)));
    }

    #[test]
    fn nothing_is_sent_beside_a_request_that_may_still_run() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let sent = |ago, key_replays_error| CreditProgress {
            attempts: 1,
            generation: 1,
            first_sent_at: Some(now - ago),
            last_sent_at: Some(now - ago),
            key_replays_error,
        };
        let half = Duration::seconds(60);
        let wait = |progress, same_secret| wait_before(&progress, same_secret, now);
        assert_eq!(wait(sent(half, false), true), None, "the same key");
        assert_eq!(wait(sent(half, true), true), Some(half));
        assert_eq!(wait(sent(half, false), false), Some(half));
        for same_secret in [false, true] {
            assert_eq!(wait(sent(MAX_IN_FLIGHT, true), same_secret), None);
        }
        let never = CreditProgress {
            first_sent_at: None,
            last_sent_at: None,
            ..sent(half, false)
        };
        assert_eq!(wait(never, true), None);
    }

    #[test]
    fn a_key_that_replays_an_error_is_left_alone_while_a_call_may_run() {
        let after = after_refund_error(1, &StripeError::ServerError, true, true);
        assert_eq!(after, AfterRefundError::Retry(MAX_IN_FLIGHT));
    }

    proptest! {
        #[test]
        fn stripe_is_asked_less_and_less_often_and_not_for_ever(looks in 0_u32..1_000, hours in 0_i64..2_000) {
            let age = Duration::hours(hours);
            let pending = next_look(RefundStatus::Pending, looks, age);
            prop_assert_eq!(pending.is_none(), age >= WAITED_AT_MOST);
            if let Some(wait) = pending {
                prop_assert!((LEAST..=MAX_BACKOFF).contains(&wait));
            }
            prop_assert!(next_look(RefundStatus::Requested, looks, age).is_some());
            prop_assert_eq!(next_look(RefundStatus::Succeeded, looks, age), None);
        }
    }
}
