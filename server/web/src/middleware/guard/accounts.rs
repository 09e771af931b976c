//! Passwords tried for one account: few from one network, more from all together, so that who
//! guesses keeps nobody else out.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};
use store::SiteId;

use governor::RateLimiter;

use super::{
    Limiter, Refused,
    attempts::{Attempts, Ticks},
    check, spaced,
};

/// Wrong passwords for one account from one network, before it must wait: 4,325 in a day.
const NETWORK_BURST: NonZeroU32 = NonZeroU32::new(5).expect("not zero");
const NETWORK_PAUSE: Duration = Duration::from_secs(20);
/// The same from all networks together: 21,700 in a day. Who wants to keep the member out needs
/// twenty networks to use up the burst, and then five that never pause.
const ALL_BURST: NonZeroU32 = NonZeroU32::new(100).expect("not zero");
const ALL_PAUSE: Duration = Duration::from_secs(4);

/// Site and e-mail address.
type Account = (SiteId, String);

/// Counts wrong passwords. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    by_network: Arc<Limiter<(Account, IpAddr)>>,
    wrong_by_network: Attempts<(Account, IpAddr)>,
    by_all: Arc<Limiter<Account>>,
    wrong_by_all: Attempts<Account>,
}

impl Accounts {
    /// Nobody has tried anything yet.
    pub fn new(ticks: Ticks) -> Self {
        let (wrong_by_network, wrong_by_all) = (Attempts::default(), Attempts::default());
        let network = spaced(NETWORK_PAUSE, NETWORK_BURST);
        let all = spaced(ALL_PAUSE, ALL_BURST);
        Self {
            by_network: Arc::new(RateLimiter::new(
                network,
                wrong_by_network.clone(),
                ticks.clone(),
            )),
            by_all: Arc::new(RateLimiter::new(all, wrong_by_all.clone(), ticks)),
            wrong_by_network,
            wrong_by_all,
        }
    }

    /// A try, counted as wrong until [`Self::was_right`] says otherwise: guesses sent all at once
    /// are bounded too. What is refused of a network does not count for the others.
    ///
    /// # Errors
    /// If there were too many wrong ones.
    pub fn try_one(&self, site_id: SiteId, email: &str, address: IpAddr) -> Result<(), Refused> {
        let account = key(site_id, email);
        check(&self.by_network, &(account.clone(), site_of(address)))?;
        check(&self.by_all, &account)
    }

    /// The password was right: what was wrong before from this network is forgotten, and this try
    /// does not count.
    pub fn was_right(&self, site_id: SiteId, email: &str, address: IpAddr) {
        let account = key(site_id, email);
        self.wrong_by_all.take_back(&account, ALL_PAUSE);
        self.wrong_by_network.forget(&(account, site_of(address)));
    }
}

/// The network that one guesser may hold. In IPv6 a line or a rented machine may come with up to a /48
/// of its own (RFC 6177), 65,536 times a /64. Strangers who share one are not disturbed, since the
/// account counts too.
fn site_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::from((v6.to_bits() >> 80 << 80).to_be_bytes()),
        v4 => v4,
    }
}

fn key(site_id: SiteId, email: &str) -> Account {
    (
        site_id,
        email.chars().take(domain::account::EMAIL_MAX).collect(),
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use governor::state::keyed::ShrinkableKeyedStateStore;

    use super::*;

    const SITE: SiteId = SiteId::new(1);
    const OTHER_SITE: SiteId = SiteId::new(2);
    use server_core::clock::Clock;
    use store::Timestamp;

    const MIA: &str = "mia@example.com";

    fn accounts() -> (Accounts, Arc<AtomicI64>) {
        let now = Arc::new(AtomicI64::new(1_000_000));
        let read = now.clone();
        let clock = Clock::from_fn(move || {
            Timestamp::from_millis(read.load(Ordering::Relaxed))
                .unwrap()
                .moment()
        });
        (Accounts::new(Ticks(clock)), now)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_sixth_guess_from_a_network_waits_twenty_seconds() {
        let (accounts, now) = accounts();
        let [here, other] = ["203.0.113.7", "203.0.113.8"].map(address);
        for _ in 0..5 {
            assert_eq!(accounts.try_one(SITE, MIA, here), Ok(()));
        }
        let refused = |seconds| Err(Refused { seconds });
        assert_eq!(accounts.try_one(SITE, MIA, here), refused(20));
        assert_eq!(
            accounts.try_one(SITE, MIA, other),
            Ok(()),
            "another network"
        );
        assert_eq!(
            accounts.try_one(OTHER_SITE, MIA, here),
            Ok(()),
            "another site"
        );
        now.fetch_add(19_500, Ordering::Relaxed);
        assert_eq!(accounts.try_one(SITE, MIA, here), refused(1));
        now.fetch_add(500, Ordering::Relaxed);
        assert_eq!(accounts.try_one(SITE, MIA, here), Ok(()));
    }

    #[test]
    fn one_line_of_ipv6_keeps_nobody_out() {
        let (accounts, _) = accounts();
        let mut taken = 0;
        for number in 0..1000 {
            let own = address(&format!("2001:db8:0:{:x}::1", number % 256));
            taken += u32::from(accounts.try_one(SITE, MIA, own).is_ok());
        }
        assert_eq!(taken, 5, "a /48 is one network");
        for elsewhere in ["198.51.100.1", "2001:db8:1::1"] {
            let elsewhere = address(elsewhere);
            assert_eq!(accounts.try_one(SITE, MIA, elsewhere), Ok(()));
        }
    }

    #[test]
    fn right_passwords_never_add_up() {
        let (accounts, _) = accounts();
        let here = address("203.0.113.7");
        for _ in 0..1000 {
            assert_eq!(accounts.try_one(SITE, MIA, here), Ok(()));
            accounts.was_right(SITE, MIA, here);
        }
    }

    /// Guesses as fast as they are taken, for a whole day.
    fn taken_in_a_day(networks: u8) -> u32 {
        const STEP_MS: i64 = 4_000;
        let (accounts, now) = accounts();
        let mut taken = 0;
        for _ in 0..86_400_000 / STEP_MS {
            for network in 0..networks {
                let from = IpAddr::from([203, 0, 113, network]);
                taken += u32::from(accounts.try_one(SITE, MIA, from).is_ok());
            }
            now.fetch_add(STEP_MS, Ordering::Relaxed);
        }
        taken
    }

    #[test]
    fn guessing_stays_bounded() {
        assert_eq!(taken_in_a_day(1), 4_324, "one network");
        assert_eq!(taken_in_a_day(25), 21_695, "all together");
    }

    /// One network guesses without a pause; the member signs in from elsewhere at any moment.
    #[test]
    fn who_guesses_keeps_nobody_out() {
        let (accounts, now) = accounts();
        let [here, home] = ["203.0.113.7", "198.51.100.1"].map(address);
        for second in 0..86_400 {
            let _ = accounts.try_one(SITE, MIA, here);
            if second % 60 == 0 {
                assert_eq!(accounts.try_one(SITE, MIA, home), Ok(()), "{second}");
                accounts.was_right(SITE, MIA, home);
            }
            now.fetch_add(1000, Ordering::Relaxed);
        }
    }

    #[test]
    fn what_is_over_is_not_kept() {
        let (accounts, now) = accounts();
        let here = address("203.0.113.7");
        for number in 0..=1000 {
            let email = format!("{number}@example.com");
            accounts.try_one(SITE, &email, here).unwrap();
        }
        now.fetch_add(3_600_000, Ordering::Relaxed);
        accounts.try_one(SITE, MIA, here).unwrap();
        assert_eq!(accounts.wrong_by_network.len(), 1);
        assert_eq!(accounts.wrong_by_all.len(), 1);
    }
}
