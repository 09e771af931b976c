//! Friends who bought at the counter: what their sales earned, and what was taken back of it when a
//! sale was undone.

use std::collections::HashMap;

use super::facts::{Credit, OTHER_MODE_REASON, PostedCredit};
use crate::{activity_log::ActivityLog, database::Connection};

/// What the ledger keys of reversals and of what goes back of them begin with.
pub const REVERSED: &str = "credit:reversed:";
pub const RESTORED: &str = "credit:restored:";

/// A row of the ledger that takes a credit back, or gives a part of that back.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: String,
    pub state: String,
    /// With Stripe's sign: negative is a credit.
    pub cents: i64,
}

/// A referred friend with sales at the counter.
#[derive(Clone, Debug)]
pub struct CounterFriend {
    pub site: String,
    pub email: String,
    /// Sales that stand.
    pub paid: i64,
    /// Sales that were undone.
    pub undone: i64,
    /// Cents; what the referral says was taken back.
    pub taken_back: Option<i64>,
    pub reversed: Option<Entry>,
    pub restored: Option<Entry>,
}

impl CounterFriend {
    /// Whether the credit was earned by this friend.
    pub fn earned(&self, credit: &Credit) -> bool {
        credit.site.as_ref() == Some(&self.site) && credit.email.as_ref() == Some(&self.email)
    }
}

/// What the simulated desk did for a friend and no restore has lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub sales: i64,
    pub undone: i64,
}

/// What the desk did, by site and email.
pub fn kept(log: &ActivityLog) -> HashMap<(String, String), Kept> {
    let mut all: HashMap<_, Kept> = HashMap::new();
    for sale in log.counter_sales() {
        if log.is_lost(sale.at) {
            continue;
        }
        let kept = all.entry((sale.site, sale.email)).or_default();
        kept.sales += 1;
        kept.undone += i64::from(sale.undone_at.is_some_and(|at| !log.is_lost(at)));
    }
    all
}

/// The friends in the database.
pub async fn friends(connection: &Connection) -> anyhow::Result<Vec<CounterFriend>> {
    let sales = |state: &str| {
        format!(
            "(SELECT COUNT(*) FROM purchases p WHERE p.buyer_id = u.id AND p.in_person \
             AND p.state = '{state}')"
        )
    };
    let (paid, undone) = (sales("paid"), sales("undone"));
    let sql = format!(
        "SELECT s.key, u.email, {paid}, {undone}, r.taken_back_cents, v.idempotency_key, v.state, \
         v.amount_cents, w.idempotency_key, w.state, w.amount_cents \
         FROM referrals r JOIN users u ON u.id = r.referred_id JOIN sites s ON s.id = r.site_id \
         LEFT JOIN credits c ON c.referral_id = r.id \
         LEFT JOIN credits v ON v.undoes = c.id AND v.kind = 'reversed' \
         LEFT JOIN credits w ON w.undoes = v.id AND w.kind = 'restored' \
         WHERE u.email LIKE 'friend-%' AND {paid} + {undone} > 0"
    );
    let read = |row: &sea_orm::QueryResult| {
        let entry = |at: usize| -> Result<Option<Entry>, sea_orm::DbErr> {
            let Some(key) = row.try_get_by(at)? else {
                return Ok(None);
            };
            let (state, cents) = (row.try_get_by(at + 1)?, row.try_get_by(at + 2)?);
            Ok(Some(Entry { key, state, cents }))
        };
        Ok(CounterFriend {
            site: row.try_get_by(0)?,
            email: row.try_get_by(1)?,
            paid: row.try_get_by(2)?,
            undone: row.try_get_by(3)?,
            taken_back: row.try_get_by(4)?,
            reversed: entry(5)?,
            restored: entry(8)?,
        })
    };
    connection.rows(&sql, read).await
}

/// What is wrong, as sentences, by kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CounterFindings {
    pub lost: Vec<String>,
    pub duplicated: Vec<String>,
    pub orphaned: Vec<String>,
}

/// Compares the friends with what the desk did, with the credits that they earned and with what was
/// posted for them: credits, reversals and what went back of those.
pub fn compare(
    friends: &[CounterFriend],
    kept: &HashMap<(String, String), Kept>,
    credits: &[Credit],
    posted: &[PostedCredit],
) -> CounterFindings {
    let mut findings = CounterFindings::default();
    for ((site, email), kept) in kept {
        let found = friends
            .iter()
            .find(|friend| friend.site == *site && friend.email == *email);
        let there = found.map_or_else(Kept::default, |friend| Kept {
            sales: friend.paid + friend.undone,
            undone: friend.undone,
        });
        if there.sales < kept.sales || there.undone < kept.undone {
            let lost = format!("{email} at {site}: {there:?} of {kept:?}");
            findings.lost.push(lost);
        }
    }
    for friend in friends {
        let credits: Vec<&Credit> = credits
            .iter()
            .filter(|credit| friend.earned(credit))
            .collect();
        match credits[..] {
            [] if friend.paid == 0 => {}
            [] => findings.lost.push(format!("no credit for {friend:?}")),
            [credit] => of_credit(friend, credit, posted, &mut findings),
            _ => findings
                .duplicated
                .push(format!("{} rows for {friend:?}", credits.len())),
        }
    }
    let ours = |key: &str| {
        friends.iter().any(|friend| {
            let entries = friend.reversed.iter().chain(&friend.restored);
            entries.into_iter().any(|entry| entry.key == key)
        })
    };
    for entry in posted.iter().filter(|entry| !entry.is_lost) {
        if takes_back(&entry.ledger_key) && !ours(&entry.ledger_key) {
            let unknown = format!("not in the ledger: {entry:?}");
            findings.orphaned.push(unknown);
        }
    }
    findings
}

/// Whether it is the key of a reversal or of what goes back of one.
pub fn takes_back(key: &str) -> bool {
    key.starts_with(REVERSED) || key.starts_with(RESTORED)
}

fn of_credit(
    friend: &CounterFriend,
    credit: &Credit,
    posted: &[PostedCredit],
    findings: &mut CounterFindings,
) {
    let is_of_test_mode = credit.reason.as_deref() == Some(OTHER_MODE_REASON);
    if is_of_test_mode && credit.live == Some(false) && friend.reversed.is_none() {
        return;
    }
    let earned = Entry {
        key: credit.key.clone(),
        state: credit.state.clone(),
        cents: credit.cents,
    };
    let undone = friend.reversed.iter().chain(&friend.restored);
    let rows: Vec<&Entry> = [&earned].into_iter().chain(undone).collect();
    let (lost, duplicated, orphaned) = (
        &mut findings.lost,
        &mut findings.duplicated,
        &mut findings.orphaned,
    );
    let sum = posted_sum(credit, &rows, posted, lost, duplicated, orphaned);
    match &friend.reversed {
        None if friend.paid == 0 => findings
            .orphaned
            .push(format!("all was undone, and the credit stays: {friend:?}")),
        Some(_) if friend.undone == 0 => findings
            .lost
            .push(format!("taken back, and nothing was undone: {friend:?}")),
        None => {}
        Some(_) if sum != credit.cents + friend.taken_back.unwrap_or_default() || sum > 0 => {
            let wrong = format!("{sum} cents are left at Stripe: {friend:?}, {credit:?}");
            findings.orphaned.push(wrong);
        }
        Some(_) => {}
    }
    match credit.notifications {
        1 => {}
        0 => findings.lost.push(format!("no notification of {credit:?}")),
        _ => findings
            .duplicated
            .push(format!("more than one notification of {credit:?}")),
    }
}

/// What Stripe has of these rows of the ledger, in cents: of `credit`, which is the first, and of those that take it
/// back or restore it.
pub fn posted_sum(
    credit: &Credit,
    rows: &[&Entry],
    posted: &[PostedCredit],
    lost: &mut Vec<String>,
    duplicated: &mut Vec<String>,
    orphaned: &mut Vec<String>,
) -> i64 {
    // A credit in live mode may replace one of test mode whose answer was lost.
    let counts = |entry: &&PostedCredit| entry.live || credit.live != Some(true);
    let mut sum = 0;
    for row in rows {
        let under_key = posted.iter().filter(|entry| entry.ledger_key == row.key);
        let under_key: Vec<_> = under_key.filter(counts).collect();
        match (row.state.as_str(), under_key.len()) {
            ("issued", 0) => lost.push(format!("not at Stripe: {row:?}")),
            ("issued", 1) if under_key[0].cents == row.cents => sum += row.cents,
            // Stripe refused it for good.
            ("failed", 0) if row.key != credit.key => {}
            (_, 0 | 1) => {
                orphaned.push(format!(
                    "{under_key:?} is not what the ledger says: {row:?}"
                ));
            }
            (_, count) => duplicated.push(format!("{count} balance transactions for {row:?}")),
        }
    }
    sum
}

#[cfg(test)]
mod tests;
