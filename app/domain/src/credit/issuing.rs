//! Decides how a due credit gets to Stripe exactly once: the next step, and under which idempotency
//! key.

use time::{Duration, OffsetDateTime};

/// How long we rely on Stripe to remember an idempotency key. Stripe keeps a key for "at least 24
/// hours" (Stripe, "Idempotent requests"); we leave an hour for clock differences and slow calls.
pub const KEY_LIFETIME: Duration = Duration::hours(23);

/// How long a call whose outcome is unknown may still be running at Stripe. Until then a missing
/// balance transaction proves nothing, and posting under another key could issue the credit twice.
/// Our calls time out after 20 seconds, and Stripe finishes such a call within a small part of this
/// time. The rest allows for clock differences between machines when the key changes in between.
pub const MAX_IN_FLIGHT: Duration = Duration::minutes(2);

/// The progress of a credit on its way to Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditProgress {
    /// Failed attempts so far.
    pub attempts: u32,
    /// Generation of the idempotency key in use, counted from 1.
    pub generation: u32,
    /// When the key in use was first sent (UTC); `None` if it never was.
    pub first_sent_at: Option<OffsetDateTime>,
    /// When the balance transaction was last sent, under any key (UTC); `None` if it never was.
    pub last_sent_at: Option<OffsetDateTime>,
    /// Stripe answers every request under this key with an error: it stored a 5xx for it, or it
    /// knows the key with other parameters.
    pub key_replays_error: bool,
}

/// What the next attempt has in common with the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SinceLastAttempt {
    /// The secret key is the same. Stripe does not document whether it recognizes an idempotency
    /// key under another secret key, even of the same account.
    pub same_secret: bool,
    /// The customer is the same.
    pub same_customer: bool,
}

/// The next step for a due credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Post the balance transaction under the idempotency key in use.
    Post,
    /// List the customer's balance transactions, and post ours only if it is missing.
    FindFirst,
    /// Wait this long first. The last call may still be running at Stripe, so a missing balance
    /// transaction would prove nothing, and the idempotency key would not protect us.
    Wait(Duration),
}

/// Decides the next step. Posting twice under one key is safe while Stripe remembers the key. The
/// balance transactions must be read first when the key may be forgotten or replays an error, when
/// the secret key changed, and when the clock was set back, because the age of the call is then
/// unknown. They must also be read before the first call: a database restored from a backup does
/// not know that the credit was already posted.
pub fn next_step(progress: &CreditProgress, same_secret: bool, now: OffsetDateTime) -> NextStep {
    let Some(sent) = progress.first_sent_at else {
        return NextStep::FindFirst;
    };
    if !same_secret {
        let left = progress
            .last_sent_at
            .and_then(|last| time_in_flight(last, now));
        return left.map_or(NextStep::FindFirst, NextStep::Wait);
    }
    match progress.key_replays_error || now - sent >= KEY_LIFETIME || sent > now {
        true => NextStep::FindFirst,
        false => NextStep::Post,
    }
}

/// How long the call sent at `last` may still be running at Stripe. `None` if that time has passed,
/// or if the clock was set back and the age of the call is unknown.
fn time_in_flight(last: OffsetDateTime, now: OffsetDateTime) -> Option<Duration> {
    let left = last + MAX_IN_FLIGHT - now;
    (left.is_positive() && left <= MAX_IN_FLIGHT + MAX_CLOCK_SKEW).then_some(left)
}

/// The generation of the idempotency key to post under, and since when Stripe may know that key
/// (UTC).
///
/// A key that replays an error is replaced by the next generation. So is the key when the customer
/// changes, because Stripe binds a key to its first parameters. Otherwise the key stays the same
/// even when it is old: if a clock was changed, an earlier call may still be running, and only the
/// same key prevents a second balance transaction. Under another secret key the idempotency key may
/// be new to Stripe; the wait and the search before posting protect us then.
pub fn key_to_send(
    progress: &CreditProgress,
    again: SinceLastAttempt,
    now: OffsetDateTime,
) -> (u32, OffsetDateTime) {
    let Some(sent) = progress.first_sent_at else {
        return (progress.generation, now);
    };
    if progress.key_replays_error || !again.same_customer {
        return (progress.generation + 1, now);
    }
    match next_step(progress, again.same_secret, now) {
        NextStep::Post => (progress.generation, sent),
        NextStep::FindFirst | NextStep::Wait(_) => (progress.generation, now),
    }
}

/// When an admin's retry of a credit that was given up at `given_up_at` may start: now, or, if it
/// `was_sent`, as soon as no earlier call can still be running at Stripe.
pub fn retry_from(
    now: OffsetDateTime,
    given_up_at: Option<OffsetDateTime>,
    was_sent: bool,
) -> OffsetDateTime {
    let ended = given_up_at
        .filter(|_| was_sent)
        .map(|at| at + MAX_IN_FLIGHT);
    ended.map_or(now, |ended| ended.max(now))
}

/// How far apart the clocks of machines that share a database may be. A stored time that is further
/// ahead than this means that the clock was set back since.
pub const MAX_CLOCK_SKEW: Duration = Duration::hours(1);

/// The time from which to read a customer's balance transactions to find a credit whose referral
/// began at `referred_at`: 30 days earlier, in case our clock was ahead of Stripe's.
pub fn entries_since(referred_at: OffsetDateTime) -> OffsetDateTime {
    referred_at - Duration::days(30)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    const AS_BEFORE: SinceLastAttempt = SinceLastAttempt {
        same_secret: true,
        same_customer: true,
    };
    const OTHER_SECRET: SinceLastAttempt = SinceLastAttempt {
        same_secret: false,
        ..AS_BEFORE
    };
    const OTHER_CUSTOMER: SinceLastAttempt = SinceLastAttempt {
        same_customer: false,
        ..AS_BEFORE
    };

    fn sent(ago: Duration, key_replays_error: bool) -> CreditProgress {
        CreditProgress {
            attempts: 1,
            generation: 1,
            first_sent_at: Some(NOW - ago),
            last_sent_at: Some(NOW - ago),
            key_replays_error,
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
        let next = |ago, replays| next_step(&sent(ago, replays), true, NOW);
        assert_eq!(next(Duration::hours(22), false), NextStep::Post);
        assert_eq!(next(Duration::hours(23), false), NextStep::FindFirst);
        assert_eq!(next(Duration::seconds(1), true), NextStep::FindFirst);
        let set_back = next(Duration::hours(-25), false);
        assert_eq!(set_back, NextStep::FindFirst, "the clock was set back");
        assert_eq!(next_step(&never_sent(), true, NOW), NextStep::FindFirst);
    }

    #[test]
    fn under_another_secret_key_the_books_are_read_once_nothing_is_under_way() {
        let next = |ago| next_step(&sent(ago, false), false, NOW);
        let half = Duration::seconds(60);
        assert_eq!(next(half), NextStep::Wait(half));
        assert_eq!(next(-half), NextStep::Wait(3 * half), "another clock's");
        assert_eq!(next(MAX_IN_FLIGHT), NextStep::FindFirst);
        assert_eq!(next(Duration::hours(-25)), NextStep::FindFirst, "set back");
        assert_eq!(next_step(&never_sent(), false, NOW), NextStep::FindFirst);
        let last_unknown = CreditProgress {
            last_sent_at: None,
            ..sent(half, false)
        };
        assert_eq!(next_step(&last_unknown, false, NOW), NextStep::FindFirst);
    }

    #[test]
    fn a_key_is_left_behind_only_where_it_is_of_no_more_use() {
        let an_hour = sent(Duration::hours(1), false);
        let since = NOW - Duration::hours(1);
        assert_eq!(key_to_send(&an_hour, AS_BEFORE, NOW), (1, since));
        assert_eq!(key_to_send(&an_hour, OTHER_SECRET, NOW), (1, NOW));
        assert_eq!(key_to_send(&an_hour, OTHER_CUSTOMER, NOW), (2, NOW));
        let replays = sent(Duration::hours(1), true);
        assert_eq!(key_to_send(&replays, AS_BEFORE, NOW), (2, NOW));
        for ago in [25, -25] {
            let old = sent(Duration::hours(ago), false);
            assert_eq!(key_to_send(&old, AS_BEFORE, NOW), (1, NOW), "{ago} h ago");
        }
        assert_eq!(key_to_send(&never_sent(), AS_BEFORE, NOW), (1, NOW));
    }

    #[test]
    fn an_admins_retry_waits_for_what_was_sent_just_now() {
        let given_up = |ago: i64| Some(NOW - Duration::seconds(ago));
        assert_eq!(retry_from(NOW, given_up(0), false), NOW);
        assert_eq!(retry_from(NOW, None, true), NOW);
        assert_eq!(retry_from(NOW, given_up(0), true), NOW + MAX_IN_FLIGHT);
        let half = NOW + Duration::seconds(60);
        assert_eq!(retry_from(NOW, given_up(60), true), half);
        assert_eq!(retry_from(NOW, given_up(3_600), true), NOW);
    }
}
