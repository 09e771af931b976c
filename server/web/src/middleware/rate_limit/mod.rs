//! Rate limits of each address in this process, against guessing e-mail addresses that have an account
//! and referral codes, and against floods. Wrong passwords of an account are counted in the database
//! (`services::accounts::attempts`).

mod attempts;

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use governor::{
    Quota, clock,
    middleware::{NoOpMiddleware, RateLimitingMiddleware, StateInformationMiddleware},
};
use server_core::clock::Clock;
use store::MemberId;

use self::attempts::{Attempts, Ticks};
use crate::network::network_of;

/// Per address: sign-ins, clicks on referral links, pictures of links, redirects to Stripe's page, and API
/// calls. The limit is generous because many people, such as a club, may share one address. Clicks alone let a
/// guesser try 864,000 codes a day, which finds one in three months on a site with 10,000 codes.
pub const QUICK_BURST: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
pub const QUICK_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Registrations, code lookups and forgotten passwords per address, and purchases that one member begins. A class that
/// registers together fits. A guesser can try 43,259 of the 8.5 · 10¹¹ codes (31⁸) a day, which
/// finds one in five years on a site with 10,000 codes.
const SLOW_BURST: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
const SLOW_PAUSE: Duration = Duration::from_secs(2);

type Limiter<K, M = NoOpMiddleware<Duration>> = governor::RateLimiter<K, Attempts<K>, Ticks, M>;
/// A limiter that also says how many attempts are left.
type Counter<K> = Limiter<K, StateInformationMiddleware>;

/// Too many attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Until the next attempt is accepted.
    pub seconds: u64,
}

impl Refused {
    /// The refusal of an attempt that is accepted after this wait.
    pub fn until(wait: time::Duration) -> Self {
        let millis: u64 = wait.whole_milliseconds().try_into().unwrap_or(0);
        Self {
            seconds: millis.div_ceil(1000).max(1),
        }
    }

    /// The sentence for the person.
    pub fn sentence(self) -> String {
        let plural = if self.seconds == 1 { "" } else { "s" };
        format!(
            "Too many attempts. Try again in {} second{plural}.",
            self.seconds
        )
    }
}

/// Counts attempts in this process. Cheap to clone.
///
/// Each `try_` method counts one attempt, and refuses it if there were too many.
#[derive(Clone)]
pub struct RateLimiter {
    sign_ins: Arc<Limiter<IpAddr>>,
    checkouts: Arc<Limiter<IpAddr>>,
    purchases: Arc<Limiter<MemberId>>,
    clicks: Arc<Limiter<IpAddr>>,
    calls: Arc<Counter<IpAddr>>,
    pictures: Arc<Limiter<IpAddr>>,
    registrations: Arc<Limiter<IpAddr>>,
    lookups: Arc<Limiter<IpAddr>>,
    resets: Arc<Limiter<IpAddr>>,
}

impl RateLimiter {
    pub fn new(clock: Clock) -> Self {
        let quick = Quota::per_second(QUICK_PER_SECOND).allow_burst(QUICK_BURST);
        let ticks = Ticks(clock);
        let by_address = |quota| {
            let limiter = governor::RateLimiter::new(quota, Attempts::default(), ticks.clone());
            Arc::new(limiter)
        };
        let slow = spaced(SLOW_PAUSE, SLOW_BURST);
        Self {
            sign_ins: by_address(quick),
            checkouts: by_address(quick),
            clicks: by_address(quick),
            pictures: by_address(quick),
            registrations: by_address(slow),
            lookups: by_address(slow),
            resets: by_address(slow),
            calls: Arc::new(Counter::new(quick, Attempts::default(), ticks.clone())),
            purchases: Arc::new(governor::RateLimiter::new(slow, Attempts::default(), ticks)),
        }
    }

    /// Counts a sign-in from this address. Call it before anything costly is done.
    pub fn check_sign_in(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.sign_ins, &network_of(address))
    }

    /// Counts a redirect to Stripe's page from this address; the visitor need not be signed in.
    pub fn check_checkout(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.checkouts, &network_of(address))
    }

    /// Counts a purchase that this member begins, on the web or in the mobile app.
    pub fn check_purchase(&self, member_id: MemberId) -> Result<(), Refused> {
        check(&self.purchases, &member_id)
    }

    /// Counts a context with a referral code from this address.
    pub fn check_click(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.clicks, &network_of(address))
    }

    /// Counts a picture of a link that is sent to this address.
    pub fn check_picture(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.pictures, &network_of(address))
    }

    /// Counts an API call that may change something, or a purchase on the web, from this address.
    pub fn try_call(&self, address: IpAddr) -> Result<(), Refused> {
        self.count_call(address).map(drop)
    }

    /// Does the same, and says how many calls may follow at once.
    pub fn count_call(&self, address: IpAddr) -> Result<u32, Refused> {
        let counted = check(&self.calls, &network_of(address));
        counted.map(|state| state.remaining_burst_capacity())
    }

    /// Counts a registration from this address.
    pub fn check_registration(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.registrations, &network_of(address))
    }

    /// Counts a question whose referral code this is, from this address.
    pub fn check_lookup(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.lookups, &network_of(address))
    }

    /// Counts a request for a link that resets a password, from this address.
    pub fn check_reset(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.resets, &network_of(address))
    }
}

/// Allows `burst` at once, then one in each `pause`.
fn spaced(pause: Duration, burst: NonZeroU32) -> Quota {
    Quota::with_period(pause)
        .unwrap_or(Quota::per_minute(burst))
        .allow_burst(burst)
}

fn check<K: Hash + Eq + Clone, M>(
    limiter: &Limiter<K, M>,
    key: &K,
) -> Result<M::PositiveOutcome, Refused>
where
    M: RateLimitingMiddleware<Duration, NegativeOutcome = governor::NotUntil<Duration>>,
{
    const MANY: usize = 1000;
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(clock::Clock::now(limiter.clock()));
        Refused::until(wait.try_into().unwrap_or(time::Duration::SECOND))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};
    use store::Timestamp;

    use super::*;

    fn limiter_with_clock() -> (RateLimiter, Arc<AtomicI64>) {
        let now = Arc::new(AtomicI64::new(1_000_000));
        let read = now.clone();
        (
            RateLimiter::new(Clock::from_fn(move || {
                Timestamp::from_millis(read.load(Ordering::Relaxed))
                    .unwrap()
                    .moment()
            })),
            now,
        )
    }

    #[test]
    fn an_address_has_a_generous_burst() {
        let (limiter, now) = limiter_with_clock();
        let [one, other] = ["2001:db8::1", "2001:db8::2"].map(|text| text.parse().unwrap());
        for _ in 0..100 {
            assert_eq!(limiter.check_sign_in(one), Ok(()));
        }
        assert_eq!(
            limiter.check_sign_in(other),
            Err(Refused { seconds: 1 }),
            "the same /64"
        );
        now.fetch_add(1000, Ordering::Relaxed);
        assert_eq!(limiter.check_sign_in(one), Ok(()));
    }

    /// A guesser tries codes as fast as the limits allow, for a whole day.
    #[test]
    fn a_day_of_guesses_finds_no_code() {
        const DAY_MS: i64 = 86_400_000;
        const CODES_OF_A_BIG_SITE: f64 = 10_000.0;
        let (limiter, now) = limiter_with_clock();
        let address = "203.0.113.7".parse().unwrap();
        let mut taken = 0;
        for _ in 0..DAY_MS / 500 {
            taken += u32::from(limiter.check_lookup(address).is_ok());
            now.fetch_add(500, Ordering::Relaxed);
        }
        assert_eq!(taken, 43_259);
        let mut clicked = 0;
        for _ in 0..DAY_MS / 50 {
            clicked += u32::from(limiter.check_click(address).is_ok());
            now.fetch_add(50, Ordering::Relaxed);
        }
        assert_eq!(clicked, 864_099);
        let codes = (domain::referral::CODE_ALPHABET.len() as f64)
            .powi(domain::referral::CODE_LENGTH as i32);
        let found_in_a_day = f64::from(taken) * CODES_OF_A_BIG_SITE / codes;
        let years = 1.0 / found_in_a_day / 365.0;
        assert!((5.0..6.0).contains(&years), "{years}");
    }
}
