//! Compares the facts from all sides. It reads nothing itself.

use std::collections::{HashMap, HashSet};

use super::{
    expected_credits::{Payment, expected_credits},
    facts::{Credit, Facts, OTHER_MODE_REASON, PostedCredit},
    overcharges::{Session, overcharged},
};
use crate::{
    demo::{PLATFORM_CREDIT_CENTS, TENANT_CREDIT_CENTS},
    faults::AMOUNTS_CENTS,
};

/// What is wrong, as sentences, by kind.
#[derive(Debug, Default)]
pub struct Findings {
    /// A credit that is due but was not issued, or that was issued without a notification.
    pub lost: Vec<String>,
    /// A credit or a notification that exists more than once.
    pub duplicated: Vec<String>,
    /// A credit that was issued although none was due, whose amount was never configured, or that
    /// only the ledger or only Stripe has.
    pub orphaned: Vec<String>,
    /// A Checkout session that charged more than was due.
    pub overcharged: Vec<String>,
    /// A debit that was posted twice, not returned, returned although its purchase was paid, or that
    /// took more than there was.
    pub wrongly_spent: Vec<String>,
    /// A payment at Stripe without a paid purchase.
    pub unknown_payments: Vec<String>,
    /// A mail that counts as sent and did not arrive, or a purchase without a receipt.
    pub unmailed: Vec<String>,
    /// A payment of which the product does not know what Stripe says went back, or a membership of which it does
    /// not say how it stands there.
    pub unreconciled: Vec<String>,
    /// Work that was begun and not completed.
    pub unfinished: Vec<String>,
}

impl Findings {
    pub fn is_empty(&self) -> bool {
        self.kinds().iter().all(|(_, found)| found.is_empty())
    }

    pub fn kinds(&self) -> [(&'static str, &Vec<String>); 9] {
        [
            ("lost", &self.lost),
            ("duplicated", &self.duplicated),
            ("orphaned", &self.orphaned),
            ("overcharged", &self.overcharged),
            ("wrongly spent", &self.wrongly_spent),
            ("unknown payments", &self.unknown_payments),
            ("unmailed", &self.unmailed),
            ("unreconciled", &self.unreconciled),
            ("unfinished", &self.unfinished),
        ]
    }
}

pub fn compare(facts: &Facts) -> Findings {
    let mut findings = Findings {
        overcharged: overcharged(&facts.sessions, &facts.balance_transactions),
        unknown_payments: unknown_payments(&facts.sessions, &known_sessions(facts)),
        ..Findings::default()
    };
    let by_key = by_ledger_key(&facts.posted_credits);
    let mut earned = HashSet::new();
    for (expected, payments) in expected_credits(facts) {
        let may_earn_nothing = expected.may_earn_nothing(&payments, facts);
        let credits: Vec<&Credit> = facts
            .credits
            .iter()
            .filter(|credit| expected.is_for(credit))
            .collect();
        if credits.len() > 1 {
            findings
                .duplicated
                .push(format!("{} rows for {expected:?}", credits.len()));
        }
        match credits.first() {
            None if may_earn_nothing => {}
            None => findings.lost.push(format!("no credit for {expected:?}")),
            Some(credit) => {
                earned.insert(credit.key.as_str());
                compare_modes(credit, &payments, &mut findings);
                let posted = by_key.get(credit.key.as_str()).into_iter().flatten();
                let posted: Vec<&PostedCredit> = posted
                    .copied()
                    .filter(|transaction| {
                        !was_replaced_in_live_mode(credit, transaction, &payments)
                    })
                    .collect();
                if !(may_earn_nothing && has_ended_in_test_mode(credit, &posted)) {
                    check_credit(credit, &posted, &mut findings);
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
    for transaction in &facts.posted_credits {
        if !known.contains(transaction.ledger_key.as_str()) && !transaction.is_lost {
            findings
                .orphaned
                .push(format!("not in the ledger: {transaction:?}"));
        }
    }
    for session in paid_session_ids(facts) {
        if !facts.paid_sessions.contains(session) && !facts.unmatched.contains(session) {
            findings.lost.push(format!(
                "{session} is paid at Stripe but has no paid purchase"
            ));
        }
    }
    findings
}

fn known_sessions(facts: &Facts) -> HashSet<String> {
    facts
        .paid_sessions
        .union(&facts.unmatched)
        .cloned()
        .collect()
}

/// Paid Checkout sessions that are not among the `known` ones.
pub fn unknown_payments(sessions: &[Session], known: &HashSet<String>) -> Vec<String> {
    let paid = sessions.iter().filter(|session| session.paid);
    let unknown = paid.filter(|session| !known.contains(&session.id));
    unknown.map(|session| format!("{session:?}")).collect()
}

fn paid_session_ids(facts: &Facts) -> impl Iterator<Item = &str> {
    let friends = facts.friends.iter().map(|friend| friend.session.as_str());
    let subscriptions = facts.subscriptions.iter();
    friends.chain(subscriptions.map(|subscription| subscription.session.as_str()))
}

fn by_ledger_key(posted: &[PostedCredit]) -> HashMap<&str, Vec<&PostedCredit>> {
    let mut by_key: HashMap<&str, Vec<&PostedCredit>> = HashMap::new();
    for transaction in posted {
        by_key
            .entry(&transaction.ledger_key)
            .or_default()
            .push(transaction);
    }
    by_key
}

/// A payment in test mode alone must not earn a credit in live mode, and payments in live mode
/// alone must not earn one in test mode.
fn compare_modes(credit: &Credit, payments: &[Payment<'_>], findings: &mut Findings) {
    match credit.live {
        Some(true) if !payments.iter().any(Payment::is_live) => findings
            .orphaned
            .push(format!("only test payments were made for {credit:?}")),
        Some(false) if payments.iter().all(Payment::is_live) => findings
            .lost
            .push(format!("only live payments were made for {credit:?}")),
        _ => {}
    }
}

/// Whether this is a credit in test mode whose response was lost and that a credit in live mode
/// replaced.
fn was_replaced_in_live_mode(
    credit: &Credit,
    transaction: &PostedCredit,
    payments: &[Payment<'_>],
) -> bool {
    let was_paid_in_test_mode = payments.iter().any(|payment| !payment.is_live());
    credit.live == Some(true) && !transaction.live && was_paid_in_test_mode
}

/// Whether the credit failed because its account went live before it was issued, or before it was
/// found again after a restore.
fn has_ended_in_test_mode(credit: &Credit, posted: &[&PostedCredit]) -> bool {
    credit.live == Some(false)
        && credit.state == "failed"
        && credit.reason.as_deref() == Some(OTHER_MODE_REASON)
        && credit.notifications == 0
        && posted
            .iter()
            .all(|transaction| transaction.is_lost && !transaction.live)
}

/// Whether the demo or an admin has ever configured this amount. The ledger cannot tell, because it
/// records the amount of Stripe's balance transaction.
fn is_configured_amount(credit: &Credit, cents: i64) -> bool {
    let initial_amount = match credit.site {
        Some(_) => TENANT_CREDIT_CENTS,
        None => PLATFORM_CREDIT_CENTS,
    };
    cents == initial_amount || AMOUNTS_CENTS.contains(&cents)
}

/// Compares a credit that is due with its balance transactions and its notifications.
fn check_credit(credit: &Credit, posted: &[&PostedCredit], findings: &mut Findings) {
    match posted {
        [] => findings.lost.push(format!("not at Stripe: {credit:?}")),
        [transaction] => {
            let agree = credit.state == "issued"
                && credit.status == "credited"
                && credit.transaction_id.as_deref() == Some(transaction.id.as_str())
                && credit.referrer == transaction.email
                && credit.cents == transaction.cents
                && credit.live == Some(transaction.live)
                && transaction.cents < 0;
            if !agree {
                findings.orphaned.push(format!(
                    "{transaction:?} is not what the ledger says: {credit:?}"
                ));
            } else if !is_configured_amount(credit, -transaction.cents) {
                findings
                    .orphaned
                    .push(format!("an amount that was never configured: {credit:?}"));
            }
        }
        transactions => findings.duplicated.push(format!(
            "{} balance transactions for {credit:?}: {}",
            transactions.len(),
            places(transactions)
        )),
    }
    let expected = i64::from(credit.site.is_some());
    match credit.notifications.cmp(&expected) {
        std::cmp::Ordering::Less => findings.lost.push(format!("no notification of {credit:?}")),
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => findings
            .duplicated
            .push(format!("more than one notification of {credit:?}")),
    }
}

/// Where and when each was posted.
fn places(posted: &[&PostedCredit]) -> String {
    let places = posted.iter().map(|one| {
        let (id, customer, created) = (&one.id, &one.customer_id, one.created);
        format!("{id} on {customer} at {created}")
    });
    places.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
