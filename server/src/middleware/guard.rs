//! Slows guessing of passwords down.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use governor::{
    Quota, RateLimiter, clock,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};

use crate::clock::Clock;

/// Wrong passwords for one account, before it must wait.
const ACCOUNT_BURST: NonZeroU32 = NonZeroU32::new(5).expect("not zero");
const ACCOUNT_PAUSE: Duration = Duration::from_secs(20);
/// Tries from one address: generous, since a club or a proxy shares one.
const ADDRESS_BURST: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
const ADDRESS_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("not zero");

type Limiter<K> = RateLimiter<K, Attempts<K>, Ticks, NoOpMiddleware<Duration>>;

/// Too many tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When the next one is taken.
    pub seconds: u64,
}

impl Refused {
    /// What the person is told.
    pub fn sentence(self) -> String {
        let plural = if self.seconds == 1 { "" } else { "s" };
        format!(
            "Too many attempts. Try again in {} second{plural}.",
            self.seconds
        )
    }
}

/// Counts tries, in this process. Cheap to clone.
#[derive(Clone)]
pub struct Guard {
    accounts: Arc<Limiter<(i64, String)>>,
    wrong: Attempts<(i64, String)>,
    addresses: Arc<Limiter<IpAddr>>,
}

impl Guard {
    /// Nobody has tried anything yet.
    pub fn new(clock: Clock) -> Self {
        let wrong = Attempts::default();
        let by_account = Quota::with_period(ACCOUNT_PAUSE)
            .unwrap_or(Quota::per_minute(ACCOUNT_BURST))
            .allow_burst(ACCOUNT_BURST);
        let by_address = Quota::per_second(ADDRESS_PER_SECOND).allow_burst(ADDRESS_BURST);
        let ticks = Ticks(clock);
        Self {
            accounts: Arc::new(RateLimiter::new(by_account, wrong.clone(), ticks.clone())),
            wrong,
            addresses: Arc::new(RateLimiter::new(by_address, Attempts::default(), ticks)),
        }
    }

    /// A try from this address, to be counted before anything costly is done.
    ///
    /// # Errors
    /// If there were too many.
    pub fn try_from_address(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.addresses, &network(address))
    }

    /// A try at this account, counted as wrong until [`Self::was_right`] says otherwise: guesses
    /// sent all at once are bounded too.
    ///
    /// # Errors
    /// If there were too many wrong ones.
    pub fn try_account(&self, site_id: i64, account: &str) -> Result<(), Refused> {
        check(&self.accounts, &key(site_id, account))
    }

    /// The password was right: what was wrong before is forgotten.
    pub fn was_right(&self, site_id: i64, account: &str) {
        self.wrong.forget(&key(site_id, account));
    }
}

fn key(site_id: i64, account: &str) -> (i64, String) {
    (site_id, account.chars().take(domain::EMAIL_MAX).collect())
}

/// One household or machine in IPv6 has a whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::from((v6.to_bits() >> 64 << 64).to_be_bytes()),
        v4 => v4,
    }
}

fn check<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Result<(), Refused> {
    const MANY: usize = 1000;
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(clock::Clock::now(limiter.clock()));
        Refused {
            seconds: wait
                .as_millis()
                .div_ceil(1000)
                .try_into()
                .unwrap_or(1)
                .max(1),
        }
    })
}

/// Our clock, as governor reads it.
#[derive(Clone)]
struct Ticks(Clock);

impl clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(self.0.now_ms().try_into().unwrap_or_default())
    }
}

/// governor's memory of each key, which unlike its own can forget one.
#[derive(Clone)]
struct Attempts<K>(Arc<Mutex<HashMap<K, Nanos>>>);

impl<K> Default for Attempts<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Hash + Eq> Attempts<K> {
    fn forget(&self, key: &K) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}

impl<K: Hash + Eq + Clone> StateStore for Attempts<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (outcome, next) = f(attempts.get(key).copied())?;
        attempts.insert(key.clone(), next);
        Ok(outcome)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Attempts<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.retain(|_, next| *next > drop_below);
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::clock::from_ms;

    fn guard_with_clock() -> (Guard, Arc<AtomicI64>) {
        let now = Arc::new(AtomicI64::new(1_000_000));
        let read = now.clone();
        (
            Guard::new(Clock::from_fn(move || {
                from_ms(read.load(Ordering::Relaxed))
            })),
            now,
        )
    }

    #[test]
    fn the_sixth_guess_waits_twenty_seconds() {
        let (guard, now) = guard_with_clock();
        for _ in 0..5 {
            assert_eq!(guard.try_account(1, "mia@example.com"), Ok(()));
        }
        assert_eq!(
            guard.try_account(1, "mia@example.com"),
            Err(Refused { seconds: 20 })
        );
        now.fetch_add(19_500, Ordering::Relaxed);
        assert_eq!(
            guard.try_account(1, "mia@example.com"),
            Err(Refused { seconds: 1 })
        );
        now.fetch_add(500, Ordering::Relaxed);
        assert_eq!(guard.try_account(1, "mia@example.com"), Ok(()));
        assert_eq!(
            guard.try_account(2, "mia@example.com"),
            Ok(()),
            "another site"
        );
    }

    #[test]
    fn right_passwords_never_add_up() {
        let (guard, _) = guard_with_clock();
        for _ in 0..50 {
            assert_eq!(guard.try_account(1, "mia@example.com"), Ok(()));
            guard.was_right(1, "mia@example.com");
        }
    }

    #[test]
    fn an_address_has_a_generous_burst() {
        let (guard, now) = guard_with_clock();
        let [one, other] = ["2001:db8::1", "2001:db8::2"].map(|text| text.parse().unwrap());
        for _ in 0..100 {
            assert_eq!(guard.try_from_address(one), Ok(()));
        }
        assert_eq!(
            guard.try_from_address(other),
            Err(Refused { seconds: 1 }),
            "the same /64"
        );
        now.fetch_add(1000, Ordering::Relaxed);
        assert_eq!(guard.try_from_address(one), Ok(()));
    }

    #[test]
    fn what_is_over_is_not_kept() {
        let (guard, now) = guard_with_clock();
        for number in 0..=1000 {
            guard
                .try_account(1, &format!("{number}@example.com"))
                .unwrap();
        }
        now.fetch_add(3_600_000, Ordering::Relaxed);
        guard.try_account(1, "mia@example.com").unwrap();
        assert_eq!(guard.wrong.len(), 1);
    }
}
