//! How often the password of an account may be tried (`docs/rules.md` 69): few wrong ones from one
//! network, more from all networks together, and in a browser that the member knows as many as from
//! a network, whatever others do.

use std::net::IpAddr;

use time::Duration;

/// A number of wrong passwords at once, and then one in each pause.
///
/// What is counted is kept as one point in time, until which the attempts that were made are spaced
/// by the pause (the generic cell rate algorithm).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    burst: i32,
    pause: Duration,
}

impl Throttle {
    /// For one account from one network: 4,325 in a day.
    pub const NETWORK: Self = Self {
        burst: 5,
        pause: Duration::seconds(20),
    };
    /// For one account from all networks together: 21,700 in a day. To keep a member out who signs in
    /// with a new browser, a guesser needs twenty networks to use up the burst, and then five that
    /// never pause.
    pub const ALL_NETWORKS: Self = Self {
        burst: 100,
        pause: Duration::seconds(4),
    };
    /// For one account in a browser, or on a phone, in which its member signed in before.
    pub const DEVICE: Self = Self::NETWORK;

    /// Codes of a second factor, after the right password: 293 in a day, of a million. Whoever types them
    /// knows the password, so that few others are kept out.
    pub const CODE: Self = Self {
        burst: 5,
        pause: Duration::minutes(5),
    };

    /// Links to confirm an address that one member has mailed: nobody uses the site to mail strangers.
    pub const CONFIRM_MAILS: Self = Self {
        burst: 5,
        pause: Duration::HOUR,
    };

    /// Invitations to the staff that one site mails: withdrawing them gives none back.
    pub const INVITATIONS: Self = Self {
        burst: 20,
        pause: Duration::HOUR,
    };

    /// Links that sign one platform referrer in: a stranger may ask for them.
    pub const REFERRER_LINKS: Self = Self {
        burst: 3,
        pause: Duration::minutes(20),
    };

    /// Counts an attempt, if the attempts before it are spaced until `used`, from now (negative if
    /// that is over). Returns until when they are spaced with this one.
    ///
    /// # Errors
    /// If there were too many: how long to wait.
    pub fn count(self, used: Duration) -> Result<Duration, Duration> {
        let used = used.max(Duration::ZERO) + self.pause;
        let most = self.pause * self.burst;
        if used > most {
            return Err(used - most);
        }
        Ok(used)
    }

    /// Takes an attempt back that was counted.
    pub fn take_back(self, used: Duration) -> Duration {
        used - self.pause
    }
}

/// The network that one guesser may have. An IPv6 line or rented machine may come with up to a /48
/// of its own (RFC 6177), which is 65,536 times a /64. Strangers who share a /48 do not hinder each
/// other, because each account is counted separately.
pub fn network_of_guesser(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::from((v6.to_bits() >> 80 << 80).to_be_bytes()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    /// Counts attempts for one account, as the database does.
    #[derive(Default)]
    struct Account {
        now: Duration,
        networks: HashMap<IpAddr, Duration>,
        all: Duration,
    }

    impl Account {
        fn count(&mut self, from: IpAddr) -> Result<(), Duration> {
            let network = network_of_guesser(from);
            let used = self.networks.get(&network).copied().unwrap_or_default();
            let used = Throttle::NETWORK.count(used - self.now)?;
            let all = Throttle::ALL_NETWORKS.count(self.all - self.now)?;
            self.networks.insert(network, self.now + used);
            self.all = self.now + all;
            Ok(())
        }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_sixth_guess_from_a_network_waits_twenty_seconds() {
        let mut account = Account::default();
        let [here, other] = ["203.0.113.7", "203.0.113.8"].map(address);
        for _ in 0..5 {
            assert_eq!(account.count(here), Ok(()));
        }
        assert_eq!(account.count(here), Err(Duration::seconds(20)));
        assert_eq!(account.count(other), Ok(()), "another network");
        account.now += Duration::seconds(19);
        assert_eq!(account.count(here), Err(Duration::seconds(1)));
        account.now += Duration::seconds(1);
        assert_eq!(account.count(here), Ok(()));
    }

    #[test]
    fn one_line_of_ipv6_keeps_nobody_out() {
        let mut account = Account::default();
        let taken = (0..1000).filter(|number| {
            let own = address(&format!("2001:db8:0:{:x}::1", number % 256));
            account.count(own).is_ok()
        });
        assert_eq!(taken.count(), 5, "a /48 is one network");
        for elsewhere in ["198.51.100.1", "2001:db8:1::1"] {
            assert_eq!(account.count(address(elsewhere)), Ok(()));
        }
    }

    /// A guesser sends attempts as fast as they are accepted, for a whole day.
    fn taken_in_a_day(networks: u8) -> usize {
        const STEP: Duration = Duration::seconds(4);
        let mut account = Account::default();
        let mut taken = 0;
        while account.now < Duration::DAY {
            for network in 0..networks {
                let from = IpAddr::from([203, 0, 113, network]);
                taken += usize::from(account.count(from).is_ok());
            }
            account.now += STEP;
        }
        taken
    }

    #[test]
    fn guessing_stays_bounded() {
        assert_eq!(taken_in_a_day(1), 4_324, "one network");
        assert_eq!(taken_in_a_day(25), 21_699, "all together");
    }

    proptest! {
        /// Whatever the moments, no more pass than the burst and one for each pause since.
        #[test]
        fn no_more_pass_than_the_rule_says(waits in prop::collection::vec(0_i64..60_000, 1..200)) {
            let (mut used, mut now, mut passed) = (Duration::ZERO, Duration::ZERO, 0);
            for wait in waits {
                now += Duration::milliseconds(wait);
                if let Ok(until) = Throttle::NETWORK.count(used - now) {
                    used = now + until;
                    passed += 1;
                }
                prop_assert!(passed <= 5 + now.whole_seconds() / 20);
            }
        }

        /// An attempt that is taken back leaves nothing behind.
        #[test]
        fn what_is_taken_back_was_not_counted(used in 0_i64..400_000) {
            let used = Duration::milliseconds(used);
            if let Ok(counted) = Throttle::ALL_NETWORKS.count(used) {
                prop_assert_eq!(Throttle::ALL_NETWORKS.take_back(counted), used);
            }
        }
    }
}
