//! How a due credit gets to Stripe once: what to do next, under which key, and what follows when that
//! goes wrong.

use time::{Duration, OffsetDateTime};

use crate::{referral::FailureReason, stripe_keys::StripeMode};

/// Calls after which we stop by ourselves; with [`backoff`] that is two days and a quarter.
pub const MAX_ATTEMPTS: u32 = 20;

/// How long we rely on Stripe to remember an idempotency key. Stripe keeps one "at least 24
/// hours" (Stripe, "Idempotent requests"); an hour is left for clocks and slow calls.
pub const KEY_MEMORY: Duration = Duration::hours(23);

/// How long a call that nobody heard the end of may still be under way at Stripe. Before that, not to
/// find its entry proves nothing, and another key could give the credit twice. Ours are given up
/// after 20 seconds; what Stripe still does of one then, it does within a small part of this, and so far
/// may the clocks of machines be apart where the key changes in between.
pub const UNDER_WAY: Duration = Duration::minutes(2);

/// How far a credit has come on its way to Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditProgress {
    /// Calls made so far that did not end well.
    pub attempts: u32,
    /// Which key is in use, from 1.
    pub generation: u32,
    /// When the key in use was first sent (UTC); `None` before that.
    pub first_sent_at: Option<OffsetDateTime>,
    /// When the balance transaction was last sent, under whichever key (UTC); `None` before that.
    pub last_sent_at: Option<OffsetDateTime>,
    /// Stripe answered a 5xx under this key, which is stored there and repeats for ever, or knows it with
    /// other parameters.
    pub key_is_spoilt: bool,
}

/// How a call that is to be made compares with the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// It goes out under the same secret key. Stripe does not say whether it knows an idempotency key
    /// again that comes under another one, even of the same account.
    pub same_secret: bool,
    /// It is about the same customer.
    pub same_customer: bool,
}

/// What the job does next about a credit that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Post the balance transaction under the key in use.
    Post,
    /// List the customer's transactions and look for ours; not there: post it.
    LookFirst,
    /// Come back after this time: what was sent may still be under way, and neither the books nor the
    /// key would tell.
    Wait(Duration),
}

/// Posting twice under one key is safe while Stripe remembers it; after that, after a stored 5xx and
/// under another secret key, only looking tells whether the first call did it. So it is where the
/// clock was set back since: nobody knows how long ago the call was. And so it is before the first
/// call: a database that was restored from a backup does not know that it posted this credit.
pub fn next_step(progress: &CreditProgress, same_secret: bool, now: OffsetDateTime) -> NextStep {
    let Some(sent) = progress.first_sent_at else {
        return NextStep::LookFirst;
    };
    if !same_secret {
        let left = progress.last_sent_at.and_then(|last| under_way(last, now));
        return left.map_or(NextStep::LookFirst, NextStep::Wait);
    }
    match progress.key_is_spoilt || now - sent >= KEY_MEMORY || sent > now {
        true => NextStep::LookFirst,
        false => NextStep::Post,
    }
}

/// How long what was sent at `last` may still be under way; `None` if it is over, or if the clock was
/// set back since and nobody knows.
fn under_way(last: OffsetDateTime, now: OffsetDateTime) -> Option<Duration> {
    let left = last + UNDER_WAY - now;
    (left.is_positive() && left <= UNDER_WAY + CLOCKS_APART).then_some(left)
}

/// What follows where Stripe does not know the customer to whom the credit was sent; `None` if it
/// takes the place of a deleted one. Under another secret key this is not the account that whoever
/// gave the key took it for, and the credit may have been given in the right one.
pub fn after_unknown_customer(same_secret: bool) -> Option<Fault> {
    (!same_secret).then(|| Fault::Refused(UNKNOWN_CUSTOMER.to_owned()))
}

/// Stripe's code for an id that an account does not know (Stripe, "Error codes").
const UNKNOWN_CUSTOMER: &str = "resource_missing";

/// Which key to post under, and since when Stripe may know it (UTC).
///
/// After a key that is spoilt it is the next one, and for another customer, since Stripe binds a key to what
/// it was first sent with. Otherwise it stays, even if it is old: an entry that Stripe does not have
/// may still be on its way, should a clock have been set, and only its own key holds it to one. Where
/// it is new to Stripe, under another secret key, the wait before and the books do.
pub fn key_to_send(
    progress: &CreditProgress,
    again: Again,
    now: OffsetDateTime,
) -> (u32, OffsetDateTime) {
    let Some(sent) = progress.first_sent_at else {
        return (progress.generation, now);
    };
    if progress.key_is_spoilt || !again.same_customer {
        return (progress.generation + 1, now);
    }
    match next_step(progress, again.same_secret, now) {
        NextStep::Post => (progress.generation, sent),
        NextStep::LookFirst | NextStep::Wait(_) => (progress.generation, now),
    }
}

/// What went wrong with a call, in the ways that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Time-out, cut connection, unreadable answer: it may have happened.
    Unknown,
    /// 5xx: it may have happened, and the answer is stored under the key.
    Server,
    /// 429 or 409: this call did nothing; an earlier one under the same key may still be under way.
    NotExecuted,
    /// 400 `idempotency_error`: the idempotency key was sent before with other parameters, and Stripe may
    /// have executed that. It is so where a backup was put back and a setting is another by now. This
    /// call did nothing, and under this key never will (Stripe, "Idempotent requests").
    KeyReused,
    /// 401 or 403: Stripe does not take the secret key, or the key may not do this. This call did
    /// nothing; under a key that works it would (Stripe, "Errors").
    KeyRefused,
    /// Any other 4xx: it will never happen. Stripe's error code, without personal data.
    Refused(String),
    /// The site has no Stripe account.
    NotConnected,
    /// The credit was earned in this mode, and the account that is connected is in the other.
    OtherMode(StripeMode),
}

impl Fault {
    /// The call may have done what it was to do. Anything else is Stripe's or our own word that it did
    /// not.
    pub fn outcome_is_unknown(&self) -> bool {
        match self {
            Self::Unknown | Self::Server | Self::NotExecuted | Self::KeyReused => true,
            Self::Refused(_) | Self::NotConnected | Self::KeyRefused | Self::OtherMode(_) => false,
        }
    }
}

/// What follows from a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Try again after this time.
    Retry(Duration),
    /// Stop.
    Fail(FailureReason),
}

/// Whether the key in use repeats this fault for ever, in answer to the balance transaction itself
/// (`posting`): a 5xx is stored under it, and so are the parameters of the first request.
pub fn spoils_key(fault: &Fault, posting: bool) -> bool {
    posting && matches!(fault, Fault::Server | Fault::KeyReused)
}

/// What follows from `fault`, the `attempts`th in a row (from 1). A fault whose outcome is
/// unknown is never a refusal: it is tried again until the attempts are used up. After one that
/// spoils the key, Stripe's books are read next: not before an earlier call has come to its end.
pub fn after_fault(attempts: u32, fault: &Fault, posting: bool) -> Verdict {
    match fault {
        Fault::NotConnected => Verdict::Fail(FailureReason::StripeNotConnected),
        Fault::KeyRefused => Verdict::Fail(FailureReason::KeyNeedsAttention),
        Fault::OtherMode(earned) => Verdict::Fail(FailureReason::OtherMode(*earned)),
        Fault::Refused(code) => Verdict::Fail(FailureReason::Refused(code.clone())),
        _ if attempts >= MAX_ATTEMPTS => Verdict::Fail(FailureReason::Unreachable),
        _ if spoils_key(fault, posting) => Verdict::Retry(backoff(attempts).max(UNDER_WAY)),
        Fault::Unknown | Fault::Server | Fault::NotExecuted | Fault::KeyReused => {
            Verdict::Retry(backoff(attempts))
        }
    }
}

/// When an admin's retry of a credit that was given up at `given_up_at` may begin: at once, unless
/// it `was_sent` so shortly before that Stripe may still be at it.
pub fn retry_from(
    now: OffsetDateTime,
    given_up_at: Option<OffsetDateTime>,
    was_sent: bool,
) -> OffsetDateTime {
    let ended = given_up_at.filter(|_| was_sent).map(|at| at + UNDER_WAY);
    ended.map_or(now, |ended| ended.max(now))
}

/// How long a credit that failed because of its secret key is left alone before one more call asks
/// whether the key works by now: an admin may have changed at Stripe what a restricted key may do.
const KEY_LEFT_ALONE: Duration = Duration::minutes(5);

/// When the next call may ask whether the key works, after `attempts` that ended with it `failed_at`.
pub fn ask_key_from(attempts: u32, failed_at: OffsetDateTime) -> OffsetDateTime {
    failed_at + backoff(attempts).max(KEY_LEFT_ALONE)
}

/// How far the clocks of machines that share a database may be apart. A time further ahead than it can
/// be by more than this says that the clock was set back since.
pub const CLOCKS_APART: Duration = Duration::hours(1);

/// The moment from which a customer's balance transactions are read to find the one of a credit whose
/// referral began at `referred_at`: a month earlier, should our clock have been ahead of Stripe's.
pub fn entries_since(referred_at: OffsetDateTime) -> OffsetDateTime {
    referred_at - Duration::days(30)
}

/// The longest wait for the next try.
pub const LONGEST_WAIT: Duration = Duration::hours(6);

/// The wait after the `attempts`th fault: 1 s, 2 s, 4 s … at most [`LONGEST_WAIT`].
pub fn backoff(attempts: u32) -> Duration {
    let seconds = 1_i64 << attempts.saturating_sub(1).min(20);
    Duration::seconds(seconds).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    const AS_BEFORE: Again = Again {
        same_secret: true,
        same_customer: true,
    };
    const OTHER_SECRET: Again = Again {
        same_secret: false,
        ..AS_BEFORE
    };
    const OTHER_CUSTOMER: Again = Again {
        same_customer: false,
        ..AS_BEFORE
    };

    fn sent(ago: Duration, key_is_spoilt: bool) -> CreditProgress {
        CreditProgress {
            attempts: 1,
            generation: 1,
            first_sent_at: Some(NOW - ago),
            last_sent_at: Some(NOW - ago),
            key_is_spoilt,
        }
    }

    fn never_sent() -> CreditProgress {
        CreditProgress {
            first_sent_at: None,
            last_sent_at: None,
            ..sent(Duration::ZERO, true)
        }
    }

    #[test]
    fn a_key_that_stripe_may_have_forgotten_is_not_used_blindly() {
        let next = |ago, spoilt| next_step(&sent(ago, spoilt), true, NOW);
        assert_eq!(next(Duration::hours(22), false), NextStep::Post);
        assert_eq!(next(Duration::hours(23), false), NextStep::LookFirst);
        assert_eq!(next(Duration::seconds(1), true), NextStep::LookFirst);
        let set_back = next(Duration::hours(-25), false);
        assert_eq!(set_back, NextStep::LookFirst, "the clock was set back");
        assert_eq!(next_step(&never_sent(), true, NOW), NextStep::LookFirst);
    }

    #[test]
    fn under_another_secret_key_the_books_are_read_once_nothing_is_under_way() {
        let next = |ago| next_step(&sent(ago, false), false, NOW);
        let half = Duration::seconds(60);
        assert_eq!(next(half), NextStep::Wait(half));
        assert_eq!(next(-half), NextStep::Wait(3 * half), "another clock's");
        assert_eq!(next(UNDER_WAY), NextStep::LookFirst);
        assert_eq!(next(Duration::hours(-25)), NextStep::LookFirst, "set back");
        assert_eq!(next_step(&never_sent(), false, NOW), NextStep::LookFirst);
        let last_unknown = CreditProgress {
            last_sent_at: None,
            ..sent(half, false)
        };
        assert_eq!(next_step(&last_unknown, false, NOW), NextStep::LookFirst);
    }

    #[test]
    fn a_customer_unknown_under_another_secret_key_gets_no_successor() {
        assert_eq!(after_unknown_customer(true), None);
        let given_up = after_unknown_customer(false).map(|fault| after_fault(1, &fault, false));
        let reason = FailureReason::Refused("resource_missing".to_owned());
        assert_eq!(given_up, Some(Verdict::Fail(reason)));
    }

    #[test]
    fn a_key_is_left_behind_only_where_it_is_of_no_more_use() {
        let an_hour = sent(Duration::hours(1), false);
        let since = NOW - Duration::hours(1);
        assert_eq!(key_to_send(&an_hour, AS_BEFORE, NOW), (1, since));
        assert_eq!(key_to_send(&an_hour, OTHER_SECRET, NOW), (1, NOW));
        assert_eq!(key_to_send(&an_hour, OTHER_CUSTOMER, NOW), (2, NOW));
        let spoilt = sent(Duration::hours(1), true);
        assert_eq!(key_to_send(&spoilt, AS_BEFORE, NOW), (2, NOW));
        for ago in [25, -25] {
            let old = sent(Duration::hours(ago), false);
            assert_eq!(key_to_send(&old, AS_BEFORE, NOW), (1, NOW), "{ago} h ago");
        }
        assert_eq!(key_to_send(&never_sent(), AS_BEFORE, NOW), (1, NOW));
    }

    #[test]
    fn a_passing_fault_ends_in_words_that_offer_another_try() {
        assert_eq!(
            after_fault(MAX_ATTEMPTS, &Fault::Unknown, true),
            Verdict::Fail(FailureReason::Unreachable)
        );
        assert_eq!(
            after_fault(1, &Fault::NotConnected, false),
            Verdict::Fail(FailureReason::StripeNotConnected)
        );
    }

    #[test]
    fn a_key_that_stripe_does_not_take_fails_it_for_now() {
        for posting in [false, true] {
            let verdict = after_fault(1, &Fault::KeyRefused, posting);
            assert_eq!(verdict, Verdict::Fail(FailureReason::KeyNeedsAttention));
            assert!(!spoils_key(&Fault::KeyRefused, posting));
        }
        let after = |attempts| ask_key_from(attempts, NOW) - NOW;
        assert_eq!(after(1), KEY_LEFT_ALONE);
        assert_eq!(after(u32::MAX), LONGEST_WAIT);
    }

    #[test]
    fn a_credit_of_another_mode_is_not_given() {
        for mode in [StripeMode::Test, StripeMode::Live] {
            let verdict = after_fault(1, &Fault::OtherMode(mode), false);
            assert_eq!(verdict, Verdict::Fail(FailureReason::OtherMode(mode)));
        }
    }

    #[test]
    fn books_are_read_when_nothing_can_be_under_way_any_more() {
        let after = |attempts, fault, posting| after_fault(attempts, &fault, posting);
        for spoils in [Fault::Server, Fault::KeyReused] {
            assert_eq!(after(1, spoils, true), Verdict::Retry(UNDER_WAY));
        }
        let soon = Verdict::Retry(Duration::seconds(1));
        assert_eq!(after(1, Fault::Server, false), soon, "no key was used");
        assert_eq!(after(1, Fault::Unknown, true), soon, "by the same key");
        let longer = Verdict::Retry(backoff(12));
        assert_eq!(after(12, Fault::Server, true), longer);
    }

    #[test]
    fn an_admins_retry_waits_for_what_was_sent_just_now() {
        let given_up = |ago: i64| Some(NOW - Duration::seconds(ago));
        assert_eq!(retry_from(NOW, given_up(0), false), NOW);
        assert_eq!(retry_from(NOW, None, true), NOW);
        assert_eq!(retry_from(NOW, given_up(0), true), NOW + UNDER_WAY);
        let half = NOW + Duration::seconds(60);
        assert_eq!(retry_from(NOW, given_up(60), true), half);
        assert_eq!(retry_from(NOW, given_up(3_600), true), NOW);
    }

    proptest! {
        #[test]
        fn an_unknown_outcome_is_tried_again(attempts in 1..MAX_ATTEMPTS) {
            let unknown = [Fault::Unknown, Fault::Server, Fault::NotExecuted, Fault::KeyReused];
            for fault in unknown {
                for posting in [false, true] {
                    let verdict = after_fault(attempts, &fault, posting);
                    prop_assert!(matches!(verdict, Verdict::Retry(_)));
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
