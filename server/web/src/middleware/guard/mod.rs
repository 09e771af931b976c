//! Slows guessing down: of passwords, of addresses that have an account, of referral codes.

mod accounts;
mod attempts;

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};
use store::MemberId;
use store::SiteId;

use governor::{Quota, RateLimiter, clock, middleware::NoOpMiddleware};
use server_core::clock::Clock;

use self::{
    accounts::Accounts,
    attempts::{Attempts, Ticks},
};

/// What many people at one address may do within a minute, since a club shares one: to sign in, to
/// click a referral link, to go to Stripe's page, to call the API. By clicks alone whoever tries
/// codes gets 864,000 a day, which finds one in three months on a site with 10,000 of them.
const QUICK_BURST: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
const QUICK_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
/// Registrations from one address, codes looked up, and purchases that one member begins: a class that
/// registers together fits, and whoever tries codes gets 43,259 a day. Of 8.5 · 10¹¹ codes (31⁸), on a
/// site with 10,000 of them, that finds one in five years.
const SLOW_BURST: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
const SLOW_PAUSE: Duration = Duration::from_secs(2);

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
    accounts: Accounts,
    sign_ins: Arc<Limiter<IpAddr>>,
    checkouts: Arc<Limiter<IpAddr>>,
    purchases: Arc<Limiter<MemberId>>,
    clicks: Arc<Limiter<IpAddr>>,
    calls: Arc<Limiter<IpAddr>>,
    registrations: Arc<Limiter<IpAddr>>,
    lookups: Arc<Limiter<IpAddr>>,
}

impl Guard {
    /// Nobody has tried anything yet.
    pub fn new(clock: Clock) -> Self {
        let quick = Quota::per_second(QUICK_PER_SECOND).allow_burst(QUICK_BURST);
        let ticks = Ticks(clock);
        let by_address = |quota| {
            let limiter = RateLimiter::new(quota, Attempts::default(), ticks.clone());
            Arc::new(limiter)
        };
        let slow = spaced(SLOW_PAUSE, SLOW_BURST);
        Self {
            sign_ins: by_address(quick),
            checkouts: by_address(quick),
            clicks: by_address(quick),
            calls: by_address(quick),
            registrations: by_address(slow),
            lookups: by_address(slow),
            purchases: Arc::new(RateLimiter::new(slow, Attempts::default(), ticks.clone())),
            accounts: Accounts::new(ticks),
        }
    }

    /// Somebody at this address signs in: to be counted before anything costly is done.
    ///
    /// # Errors
    /// If there were too many.
    pub fn try_sign_in(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.sign_ins, &network(address))
    }

    /// Somebody at this address, who need not be signed in, goes to Stripe's page.
    ///
    /// # Errors
    /// If there were too many.
    pub fn try_checkout(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.checkouts, &network(address))
    }

    /// This member begins a purchase, on the web or in the mobile app.
    ///
    /// # Errors
    /// If there were too many.
    pub fn try_purchase(&self, member_id: MemberId) -> Result<(), Refused> {
        check(&self.purchases, &member_id)
    }

    /// Somebody at this address came with a referral code.
    ///
    /// # Errors
    /// If there were too many.
    pub fn try_click(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.clicks, &network(address))
    }

    /// Somebody at this address makes a call of the API that may change something, or buys on the
    /// web.
    ///
    /// # Errors
    /// If there were too many.
    pub fn try_call(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.calls, &network(address))
    }

    /// Somebody at this address registers.
    ///
    /// # Errors
    /// If there were too many.
    pub fn try_registration(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.registrations, &network(address))
    }

    /// Somebody at this address asks whose a referral code is.
    ///
    /// # Errors
    /// If there were too many.
    pub fn try_lookup(&self, address: IpAddr) -> Result<(), Refused> {
        check(&self.lookups, &network(address))
    }

    /// Somebody at this address tries a password for the account: counted as wrong until
    /// [`Self::was_right`] says otherwise.
    ///
    /// # Errors
    /// If there were too many wrong ones from the network, or from all together.
    pub fn try_account(
        &self,
        site_id: SiteId,
        account: &str,
        address: IpAddr,
    ) -> Result<(), Refused> {
        self.accounts.try_one(site_id, account, address)
    }

    /// The password was right.
    pub fn was_right(&self, site_id: SiteId, account: &str, address: IpAddr) {
        self.accounts.was_right(site_id, account, address);
    }
}

/// `burst` at once, then one in each `pause`.
fn spaced(pause: Duration, burst: NonZeroU32) -> Quota {
    Quota::with_period(pause)
        .unwrap_or(Quota::per_minute(burst))
        .allow_burst(burst)
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};
    use store::Timestamp;

    use super::*;

    fn guard_with_clock() -> (Guard, Arc<AtomicI64>) {
        let now = Arc::new(AtomicI64::new(1_000_000));
        let read = now.clone();
        (
            Guard::new(Clock::from_fn(move || {
                Timestamp::from_millis(read.load(Ordering::Relaxed))
                    .unwrap()
                    .moment()
            })),
            now,
        )
    }

    #[test]
    fn an_address_has_a_generous_burst() {
        let (guard, now) = guard_with_clock();
        let [one, other] = ["2001:db8::1", "2001:db8::2"].map(|text| text.parse().unwrap());
        for _ in 0..100 {
            assert_eq!(guard.try_sign_in(one), Ok(()));
        }
        assert_eq!(
            guard.try_sign_in(other),
            Err(Refused { seconds: 1 }),
            "the same /64"
        );
        now.fetch_add(1000, Ordering::Relaxed);
        assert_eq!(guard.try_sign_in(one), Ok(()));
    }

    /// Who tries codes as fast as it is let, for a whole day.
    #[test]
    fn a_day_of_guesses_finds_no_code() {
        const DAY_MS: i64 = 86_400_000;
        const CODES_OF_A_BIG_SITE: f64 = 10_000.0;
        let (guard, now) = guard_with_clock();
        let address = "203.0.113.7".parse().unwrap();
        let mut taken = 0;
        for _ in 0..DAY_MS / 500 {
            taken += u32::from(guard.try_lookup(address).is_ok());
            now.fetch_add(500, Ordering::Relaxed);
        }
        assert_eq!(taken, 43_259);
        let mut clicked = 0;
        for _ in 0..DAY_MS / 50 {
            clicked += u32::from(guard.try_click(address).is_ok());
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
