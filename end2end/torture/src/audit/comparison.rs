//! The comparison itself, of facts alone.

use std::collections::{HashMap, HashSet};

use super::{
    expected_credits::{Payment, dues},
    facts::{Credit, Entry, Facts, OTHER_MODE},
    overcharges::{Session, overcharged},
};
use crate::{
    demo::{PLATFORM_CREDIT, TENANT_CREDIT},
    faults::AMOUNTS,
};

/// What is wrong, in sentences.
#[derive(Debug, Default)]
pub struct Findings {
    /// Due and not given, or given and not told.
    pub lost: Vec<String>,
    /// Given or told twice.
    pub doubled: Vec<String>,
    /// Given although nothing was due, or of an amount that nobody set, or known to one side alone.
    pub orphaned: Vec<String>,
    /// Charged more than was due.
    pub overcharged: Vec<String>,
    /// Taken by Stripe, and no paid purchase.
    pub unknown_sales: Vec<String>,
    /// Begun and not ended.
    pub unfinished: Vec<String>,
}

impl Findings {
    pub fn kinds(&self) -> [(&'static str, &Vec<String>); 6] {
        [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("orphaned", &self.orphaned),
            ("overcharged", &self.overcharged),
            ("unknown sales", &self.unknown_sales),
            ("unfinished", &self.unfinished),
        ]
    }
}

/// Compares.
pub fn judge(facts: &Facts) -> Findings {
    let mut findings = Findings {
        overcharged: overcharged(&facts.sessions, &facts.movements),
        unknown_sales: unknown_sales(&facts.sessions, &known(facts)),
        ..Findings::default()
    };
    let by_key = entries_by_key(&facts.entries);
    let mut earned = HashSet::new();
    for (due, payments) in dues(facts) {
        let may_earn_nothing = due.may_earn_nothing(&payments, facts);
        let of_due: Vec<&Credit> = facts
            .credits
            .iter()
            .filter(|credit| due.is_for(credit))
            .collect();
        if of_due.len() > 1 {
            findings
                .doubled
                .push(format!("{} rows for {due:?}", of_due.len()));
        }
        match of_due.first() {
            None if may_earn_nothing => {}
            None => findings.lost.push(format!("no credit for {due:?}")),
            Some(credit) => {
                earned.insert(credit.key.as_str());
                compare_modes(credit, &payments, &mut findings);
                let entries = by_key.get(credit.key.as_str()).into_iter().flatten();
                let entries: Vec<&Entry> = entries
                    .copied()
                    .filter(|entry| !gave_way(credit, entry, &payments))
                    .collect();
                if !(may_earn_nothing && has_ended_in_test_mode(credit, &entries)) {
                    weigh(credit, &entries, &mut findings);
                }
            }
        }
    }
    for credit in &facts.credits {
        if !earned.contains(credit.key.as_str()) {
            findings
                .orphaned
                .push(format!("nothing was bought for {credit:?}"));
        }
    }
    let known: HashSet<&str> = facts
        .credits
        .iter()
        .map(|credit| credit.key.as_str())
        .collect();
    for entry in &facts.entries {
        if !known.contains(entry.ledger_key.as_str()) && !entry.is_gone {
            findings
                .orphaned
                .push(format!("not in the ledger: {entry:?}"));
        }
    }
    for session in paid(facts) {
        if !facts.paid_sessions.contains(session) && !facts.listed.contains(session) {
            findings
                .lost
                .push(format!("{session} is paid, and the product does not know"));
        }
    }
    findings
}

fn known(facts: &Facts) -> HashSet<String> {
    facts.paid_sessions.union(&facts.listed).cloned().collect()
}

/// Payments that Stripe took, whoever made them, and that are no paid purchase among `known`.
pub fn unknown_sales(sessions: &[Session], known: &HashSet<String>) -> Vec<String> {
    let paid = sessions.iter().filter(|session| session.paid);
    let unknown = paid.filter(|session| !known.contains(&session.id));
    unknown.map(|session| format!("{session:?}")).collect()
}

fn paid(facts: &Facts) -> impl Iterator<Item = &str> {
    let friends = facts.friends.iter().map(|friend| friend.session.as_str());
    let subscriptions = facts.subscriptions.iter();
    friends.chain(subscriptions.map(|subscription| subscription.session.as_str()))
}

fn entries_by_key(entries: &[Entry]) -> HashMap<&str, Vec<&Entry>> {
    let mut by_key: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for entry in entries {
        by_key.entry(&entry.ledger_key).or_default().push(entry);
    }
    by_key
}

/// Test money never earns real money, and real money alone never test money.
fn compare_modes(credit: &Credit, payments: &[Payment<'_>], findings: &mut Findings) {
    match credit.live {
        Some(true) if !payments.iter().any(Payment::is_live) => findings
            .orphaned
            .push(format!("test money was paid for {credit:?}")),
        Some(false) if payments.iter().all(Payment::is_live) => findings
            .lost
            .push(format!("real money was paid for {credit:?}")),
        _ => {}
    }
}

/// Test money was given, but its answer was lost, and real money took its place.
fn gave_way(credit: &Credit, entry: &Entry, payments: &[Payment<'_>]) -> bool {
    let was_paid_in_test_mode = payments.iter().any(|payment| !payment.is_live());
    credit.live == Some(true) && !entry.live && was_paid_in_test_mode
}

/// Its account went live before it was given, or before what a backup forgot of it was found again.
fn has_ended_in_test_mode(credit: &Credit, entries: &[&Entry]) -> bool {
    credit.live == Some(false)
        && credit.state == "failed"
        && credit.reason.as_deref() == Some(OTHER_MODE)
        && credit.told == 0
        && entries.iter().all(|entry| entry.is_gone && !entry.live)
}

/// Whether an admin, or the demo, ever set that a referral earns this. The ledger cannot tell: it writes
/// down what Stripe's entry says.
fn was_set(credit: &Credit, cents: i64) -> bool {
    let at_first = match credit.site {
        Some(_) => TENANT_CREDIT,
        None => PLATFORM_CREDIT,
    };
    cents == at_first || AMOUNTS.contains(&cents)
}

/// One credit that is due, against Stripe's books and what was told.
fn weigh(credit: &Credit, entries: &[&Entry], findings: &mut Findings) {
    match entries {
        [] => findings.lost.push(format!("not at Stripe: {credit:?}")),
        [entry] => {
            let agree = credit.state == "issued"
                && credit.status == "credited"
                && credit.entry.as_deref() == Some(entry.id.as_str())
                && credit.referrer == entry.email
                && credit.cents == entry.cents
                && credit.live == Some(entry.live)
                && entry.cents < 0;
            if !agree {
                findings
                    .orphaned
                    .push(format!("{entry:?} is not what the ledger says: {credit:?}"));
            } else if !was_set(credit, -entry.cents) {
                findings
                    .orphaned
                    .push(format!("nobody set such an amount: {credit:?}"));
            }
        }
        many => findings
            .doubled
            .push(format!("{} entries at Stripe: {credit:?}", many.len())),
    }
    let wanted = i64::from(credit.site.is_some());
    match credit.told.cmp(&wanted) {
        std::cmp::Ordering::Less => findings.lost.push(format!("nobody was told of {credit:?}")),
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => findings.doubled.push(format!("told twice: {credit:?}")),
    }
}

#[cfg(test)]
mod tests;
