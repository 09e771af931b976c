//! The figures of a test run.

use std::fmt;

use crate::audit::Findings;

/// The figures. The run is clean if there are no findings and no failures.
pub struct Report {
    pub database: &'static str,
    /// Whether several processes share the database. If so, connections are cut; if not, the disk
    /// is full at times.
    pub is_shared: bool,
    pub seed: u64,
    pub seconds: u64,
    /// Paid purchases of friends, and paid subscriptions.
    pub purchases: usize,
    /// Memberships that members bought; their balance pays first.
    pub memberships: u64,
    /// Purchases that members began with credit.
    pub credit_purchases: u64,
    /// Sales at the counter to friends.
    pub counter_sales: usize,
    /// Counter sales that were undone.
    pub undone_sales: u64,
    /// Refunds, in the console and in Stripe's dashboard.
    pub refunds: u64,
    /// Payments that were disputed.
    pub disputes: u64,
    /// Memberships and plans that were canceled in Stripe's dashboard.
    pub dashboard_cancellations: u64,
    /// Memberships that their members canceled in Stripe's portal.
    pub membership_cancellations: u64,
    /// Plans that their subscribers canceled in Stripe's portal.
    pub plan_cancellations: u64,
    /// Paid memberships of which it was compared that they earned nothing, because they ended in their hold.
    pub ended_in_hold: u64,
    /// Plans of which something went back.
    pub plan_refunds: u64,
    /// Checkout sessions that a buyer left without paying; some were completed later.
    pub abandoned_checkouts: u64,
    pub credits: usize,
    pub kills: u64,
    pub stops: u64,
    pub connections_cut: u64,
    pub full_disks: u64,
    /// How often an account had no webhook endpoint for a while.
    pub endpoint_removals: u64,
    /// Clones that were started and to which Stripe tried to deliver.
    pub clones: u64,
    pub restores: u64,
    /// How often an account was disconnected and connected again.
    pub reconnects: u64,
    pub key_rolls: u64,
    /// How many programs went from test to live mode.
    pub went_live: u64,
    pub outages: u64,
    /// How often the mail server was down for a while.
    pub mail_outages: u64,
    /// Mails that arrived, those among them that arrived twice too.
    pub mails: usize,
    pub stripe_faults: u64,
    pub retries: u64,
    pub findings: Findings,
    /// What users or processes could not do at all.
    pub failures: Vec<String>,
}

/// How many findings of each kind are printed.
const MAX_SHOWN: usize = 12;

/// A run of at least this many seconds must have had every kind of fault.
pub const LONG_RUN_SECONDS: u64 = 300;

/// Programs that go live in each run: one tenant's and the platform's.
const PROGRAMS_GOING_LIVE: u64 = 2;

impl Report {
    pub fn is_clean(&self) -> bool {
        self.failures.is_empty() && self.is_complete() && self.findings.is_empty()
    }

    /// Whether something was bought and every fault that had to occur did.
    fn is_complete(&self) -> bool {
        let always = [
            self.kills,
            self.stripe_faults,
            self.retries,
            self.outages,
            self.mail_outages,
            self.mails as u64,
            self.abandoned_checkouts,
        ];
        let specific = if self.is_shared {
            self.connections_cut
        } else {
            self.full_disks.min(self.restores).min(self.clones)
        };
        let long_run_only = [
            self.stops,
            self.key_rolls,
            self.memberships,
            self.credit_purchases,
            self.counter_sales as u64,
            self.undone_sales,
            self.refunds,
            self.disputes,
            self.dashboard_cancellations,
            self.membership_cancellations,
            self.plan_cancellations,
            self.ended_in_hold,
            self.plan_refunds,
            self.endpoint_removals,
            self.reconnects,
            specific,
        ];
        let long = self.seconds >= LONG_RUN_SECONDS;
        let went_live = self.went_live >= PROGRAMS_GOING_LIVE;
        self.purchases > 0
            && went_live
            && !always.contains(&0)
            && !(long && long_run_only.contains(&0))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} · {} s of load · seed {}",
            self.database, self.seconds, self.seed
        )?;
        let figures = [
            ("purchases", self.purchases as u64),
            ("memberships", self.memberships),
            ("purchases with credit", self.credit_purchases),
            ("friends at the counter", self.counter_sales as u64),
            ("sales undone", self.undone_sales),
            ("refunds", self.refunds),
            ("disputes", self.disputes),
            ("canceled in dashboard", self.dashboard_cancellations),
            ("canceled by members", self.membership_cancellations),
            ("canceled by subscribers", self.plan_cancellations),
            ("ended in their hold", self.ended_in_hold),
            ("plans refunded", self.plan_refunds),
            ("abandoned checkouts", self.abandoned_checkouts),
            ("credits", self.credits as u64),
            ("processes killed", self.kills),
            ("processes stopped", self.stops),
            ("connections cut", self.connections_cut),
            ("full disks", self.full_disks),
            ("endpoints removed", self.endpoint_removals),
            ("clones served", self.clones),
            ("backups restored", self.restores),
            ("accounts reconnected", self.reconnects),
            ("secret keys rolled", self.key_rolls),
            ("programs gone live", self.went_live),
            ("outages of 25 hours", self.outages),
            ("mail server down", self.mail_outages),
            ("mails", self.mails as u64),
            ("Stripe faults", self.stripe_faults),
            ("retries", self.retries),
        ];
        for (name, figure) in figures {
            writeln!(f, "  {name:<24}{figure:>8}")?;
        }
        for (name, found) in self.findings.kinds() {
            writeln!(f, "  {name:<24}{:>8}", found.len())?;
        }
        for (name, found) in self.findings.kinds() {
            for finding in found.iter().take(MAX_SHOWN) {
                writeln!(f, "  {name}: {finding}")?;
            }
        }
        for failure in self.failures.iter().take(MAX_SHOWN) {
            writeln!(f, "  failed: {failure}")?;
        }
        if !self.is_complete() {
            writeln!(
                f,
                "  incomplete run: nothing was bought, or some kind of fault never occurred"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(seconds: u64) -> Report {
        Report {
            database: "PostgreSQL",
            is_shared: true,
            seed: 1,
            seconds,
            purchases: 9,
            memberships: 2,
            credit_purchases: 2,
            counter_sales: 2,
            undone_sales: 2,
            refunds: 2,
            disputes: 2,
            dashboard_cancellations: 2,
            membership_cancellations: 2,
            plan_cancellations: 2,
            ended_in_hold: 2,
            plan_refunds: 2,
            abandoned_checkouts: 3,
            credits: 5,
            kills: 3,
            stops: 1,
            connections_cut: 1,
            full_disks: 1,
            endpoint_removals: 1,
            clones: 1,
            restores: 1,
            reconnects: 1,
            key_rolls: 1,
            went_live: PROGRAMS_GOING_LIVE,
            outages: 1,
            mail_outages: 1,
            mails: 9,
            stripe_faults: 7,
            retries: 4,
            findings: Findings::default(),
            failures: Vec::new(),
        }
    }

    #[test]
    fn a_run_without_faults_is_not_clean() {
        assert!(report(30).is_clean());
        for remove_fault in [
            (|report| report.purchases = 0) as fn(&mut Report),
            |report| report.kills = 0,
            |report| report.stripe_faults = 0,
            |report| report.retries = 0,
            |report| report.outages = 0,
            |report| report.mail_outages = 0,
            |report| report.mails = 0,
            |report| report.abandoned_checkouts = 0,
            |report| report.went_live = 0,
            |report| report.went_live = 1,
        ] {
            let mut report = report(30);
            remove_fault(&mut report);
            assert!(!report.is_clean());
        }
    }

    #[test]
    fn rare_faults_must_occur_in_a_long_run() {
        for (seconds, is_shared, clean) in
            [(30, true, true), (600, true, false), (600, false, true)]
        {
            let report = Report {
                connections_cut: 0,
                is_shared,
                ..report(seconds)
            };
            assert_eq!(report.is_clean(), clean, "{seconds} {is_shared}");
        }
        for (seconds, is_shared, clean) in
            [(30, false, true), (600, false, false), (600, true, true)]
        {
            let report = Report {
                full_disks: 0,
                is_shared,
                ..report(seconds)
            };
            assert_eq!(report.is_clean(), clean, "{seconds} {is_shared}");
        }
        for remove in [
            (|report| report.key_rolls = 0) as fn(&mut Report),
            |report| report.dashboard_cancellations = 0,
            |report| report.membership_cancellations = 0,
            |report| report.plan_cancellations = 0,
            |report| report.ended_in_hold = 0,
        ] {
            for (seconds, clean) in [(30, true), (600, false)] {
                let mut report = report(seconds);
                remove(&mut report);
                assert_eq!(report.is_clean(), clean, "{seconds}");
            }
        }
    }

    #[test]
    fn a_run_with_a_finding_or_a_failure_is_not_clean() {
        let mut lost = report(30);
        lost.findings.lost.push("a credit".to_owned());
        assert!(!lost.is_clean());
        let mut failures = report(30);
        failures.failures.push("a purchase".to_owned());
        assert!(!failures.is_clean());
    }
}
