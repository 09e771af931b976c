//! What a trial comes to, in figures.

use std::fmt;

use crate::audit::Findings;

/// The figures; the last four kinds must be 0.
pub struct Report {
    pub place: &'static str,
    pub seed: u64,
    pub seconds: u64,
    pub purchases: usize,
    pub credits: usize,
    pub kills: u64,
    pub stops: u64,
    pub cuts: u64,
    pub outages: u64,
    pub faults: u64,
    pub repeats: u64,
    pub findings: Findings,
    /// What people or processes could not do at all.
    pub broken: Vec<String>,
}

/// Findings that are told of each kind.
const TOLD: usize = 12;

impl Report {
    pub fn is_clean(&self) -> bool {
        let kinds = self.findings.kinds();
        self.broken.is_empty()
            && self.purchases > 0
            && kinds.iter().all(|(_, found)| found.is_empty())
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
            ("credits", self.credits as u64),
            ("kills", self.kills),
            ("stops (SIGTERM)", self.stops),
            ("connections cut", self.cuts),
            ("outages of 25 hours", self.outages),
            ("faults of Stripe", self.faults),
            ("repeats", self.repeats),
        ];
        for (name, figure) in figures {
            writeln!(f, "  {name:<22}{figure:>8}")?;
        }
        for (name, found) in self.findings.kinds() {
            writeln!(f, "  {name:<22}{:>8}", found.len())?;
        }
        for (name, found) in self.findings.kinds() {
            for one in found.iter().take(TOLD) {
                writeln!(f, "  {name}: {one}")?;
            }
        }
        for broken in self.broken.iter().take(TOLD) {
            writeln!(f, "  could not be done: {broken}")?;
        }
        Ok(())
    }
}
