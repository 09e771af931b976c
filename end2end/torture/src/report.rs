//! What a trial comes to, in figures.

use std::fmt;

use crate::audit::Findings;

/// The figures; every kind of finding must be 0.
pub struct Report {
    pub place: &'static str,
    /// Whether it has connections that can be cut; else its disk can be full.
    pub shared: bool,
    pub seed: u64,
    pub seconds: u64,
    /// Of friends and subscribers.
    pub purchases: usize,
    /// Bought by members, whose balance pays first.
    pub memberships: u64,
    /// Stripe's pages that were left without paying, and perhaps come back to.
    pub pages_left: u64,
    pub credits: usize,
    pub kills: u64,
    pub stops: u64,
    pub cuts: u64,
    pub full_disks: u64,
    /// How often an account had no webhook endpoint for a while.
    pub endpoints: u64,
    /// Clones that were served, and that Stripe tried to deliver to.
    pub clones: u64,
    /// Backups put back.
    pub restores: u64,
    /// How often an account was disconnected and connected again.
    pub reconnects: u64,
    pub rolls: u64,
    /// How many programs went from test to live mode.
    pub went_live: u64,
    pub outages: u64,
    pub faults: u64,
    pub repeats: u64,
    pub findings: Findings,
    /// What people or processes could not do at all.
    pub broken: Vec<String>,
}

/// Findings that are told of each kind.
const TOLD: usize = 12;

/// From so many seconds on, a trial without any of its troubles has none of them.
pub const LONG: u64 = 300;

/// Programs that go live in each trial: one tenant's and the platform's.
const GO_LIVE: u64 = 2;

impl Report {
    pub fn is_clean(&self) -> bool {
        let kinds = self.findings.kinds();
        self.broken.is_empty()
            && self.was_a_trial()
            && kinds.iter().all(|(_, found)| found.is_empty())
    }

    /// Whether people bought, and everything that should go wrong did.
    fn was_a_trial(&self) -> bool {
        let always = [
            self.kills,
            self.faults,
            self.repeats,
            self.outages,
            self.pages_left,
        ];
        let of_its_kind = if self.shared {
            self.cuts
        } else {
            self.full_disks.min(self.restores).min(self.clones)
        };
        let in_the_long_run = [
            self.stops,
            self.rolls,
            self.memberships,
            self.endpoints,
            self.reconnects,
            of_its_kind,
        ];
        let long = self.seconds >= LONG;
        let went_live = self.went_live >= GO_LIVE;
        self.purchases > 0
            && went_live
            && !always.contains(&0)
            && !(long && in_the_long_run.contains(&0))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} · {} s of buying · seed {}",
            self.place, self.seconds, self.seed
        )?;
        let figures = [
            ("purchases", self.purchases as u64),
            ("memberships", self.memberships),
            ("pages left", self.pages_left),
            ("credits", self.credits as u64),
            ("kills", self.kills),
            ("stops (SIGTERM)", self.stops),
            ("connections cut", self.cuts),
            ("full disks", self.full_disks),
            ("webhook endpoints gone", self.endpoints),
            ("clones served", self.clones),
            ("backups put back", self.restores),
            ("disconnected for a while", self.reconnects),
            ("secret keys rolled", self.rolls),
            ("gone live", self.went_live),
            ("outages of 25 hours", self.outages),
            ("faults of Stripe", self.faults),
            ("repeats", self.repeats),
        ];
        for (name, figure) in figures {
            writeln!(f, "  {name:<24}{figure:>8}")?;
        }
        for (name, found) in self.findings.kinds() {
            writeln!(f, "  {name:<24}{:>8}", found.len())?;
        }
        for (name, found) in self.findings.kinds() {
            for one in found.iter().take(TOLD) {
                writeln!(f, "  {name}: {one}")?;
            }
        }
        for broken in self.broken.iter().take(TOLD) {
            writeln!(f, "  could not be done: {broken}")?;
        }
        if !self.was_a_trial() {
            writeln!(f, "  nobody bought, or some trouble never came")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(seconds: u64) -> Report {
        Report {
            place: "PostgreSQL",
            shared: true,
            seed: 1,
            seconds,
            purchases: 9,
            memberships: 2,
            pages_left: 3,
            credits: 5,
            kills: 3,
            stops: 1,
            cuts: 1,
            full_disks: 1,
            endpoints: 1,
            clones: 1,
            restores: 1,
            reconnects: 1,
            rolls: 1,
            went_live: GO_LIVE,
            outages: 1,
            faults: 7,
            repeats: 4,
            findings: Findings::default(),
            broken: Vec::new(),
        }
    }

    #[test]
    fn a_trial_without_trouble_proves_nothing() {
        assert!(report(30).is_clean());
        for spare in [
            (|report| report.purchases = 0) as fn(&mut Report),
            |report| report.kills = 0,
            |report| report.faults = 0,
            |report| report.repeats = 0,
            |report| report.outages = 0,
            |report| report.pages_left = 0,
            |report| report.went_live = 0,
            |report| report.went_live = 1,
        ] {
            let mut report = report(30);
            spare(&mut report);
            assert!(!report.is_clean());
        }
    }

    #[test]
    fn what_is_rare_must_come_in_the_long_run() {
        for (seconds, shared, clean) in [(30, true, true), (600, true, false), (600, false, true)] {
            let report = Report {
                cuts: 0,
                shared,
                ..report(seconds)
            };
            assert_eq!(report.is_clean(), clean, "{seconds} {shared}");
        }
        for (seconds, shared, clean) in [(30, false, true), (600, false, false), (600, true, true)]
        {
            let report = Report {
                full_disks: 0,
                shared,
                ..report(seconds)
            };
            assert_eq!(report.is_clean(), clean, "{seconds} {shared}");
        }
        for (seconds, clean) in [(30, true), (600, false)] {
            let report = Report {
                rolls: 0,
                ..report(seconds)
            };
            assert_eq!(report.is_clean(), clean, "{seconds}");
        }
    }

    #[test]
    fn any_finding_spoils_it() {
        let mut lost = report(30);
        lost.findings.lost.push("a credit".to_owned());
        assert!(!lost.is_clean());
        let mut broken = report(30);
        broken.broken.push("a purchase".to_owned());
        assert!(!broken.is_clean());
    }
}
