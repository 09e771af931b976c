//! Friends whose purchases on the web were refunded or disputed: the product knows what went back, and Stripe has
//! what is left of the credit that they earned.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    counter::{Entry, posted_sum},
    facts::{Credit, OTHER_MODE_REASON, PostedCredit},
};
use crate::{
    database::Connection,
    demo::{TAKES_SHARE, is_live},
    workload::TestContext,
};

/// A paid purchase. Amounts are cents.
#[derive(Clone, Debug)]
pub struct Purchase {
    pub id: i64,
    pub session: Option<String>,
    pub paid: i64,
    pub refunded: i64,
    /// `open` or `lost`.
    pub dispute: Option<String>,
}

impl Purchase {
    /// Whether some of the money stays with the merchant, as far as it is known.
    fn stands(&self) -> bool {
        self.refunded < self.paid && self.dispute.is_none()
    }
}

/// A friend of one of whose purchases money went back, or should have.
#[derive(Clone, Debug, Default)]
pub struct RefundedFriend {
    pub site: String,
    pub email: String,
    pub purchases: Vec<Purchase>,
    /// The purchase that earned the credit.
    pub earned_by: Option<i64>,
    /// Cents; what the referral says was taken back, and what was missing for it.
    pub taken_back: i64,
    pub shortfall: i64,
    /// The rows of the ledger that take the credit back and restore it, oldest first.
    pub entries: Vec<Entry>,
}

impl RefundedFriend {
    pub fn is_called(&self, site: &str, email: &str) -> bool {
        self.site == site && self.email == email
    }

    /// Whether the credit was earned by this friend.
    pub fn earned(&self, credit: &Credit) -> bool {
        let names = credit.site.as_deref().zip(credit.email.as_deref());
        names.is_some_and(|(site, email)| self.is_called(site, email))
    }

    /// What should be taken back of a credit of this many cents.
    fn due(&self, credit: i64) -> i64 {
        let earned_by = |purchase: &&Purchase| Some(purchase.id) == self.earned_by;
        match self.purchases.iter().find(earned_by) {
            Some(purchase) if !purchase.stands() => credit,
            Some(purchase) if self.site == TAKES_SHARE => {
                credit * purchase.refunded / purchase.paid
            }
            _ => 0,
        }
    }
}

const FRIENDS: &str = "\
    SELECT s.key, u.email, p.id, p.checkout_session_id, COALESCE(p.paid_cents, 0), p.refunded_cents, \
           p.dispute, r.purchase_id, COALESCE(r.taken_back_cents, 0), r.shortfall_cents \
    FROM purchases p JOIN users u ON u.id = p.buyer_id JOIN sites s ON s.id = p.site_id \
    LEFT JOIN referrals r ON r.referred_id = u.id \
    WHERE u.email LIKE 'friend-%' AND p.state = 'paid' AND NOT p.in_person \
    AND EXISTS (SELECT 1 FROM purchases q WHERE q.buyer_id = u.id AND \
        (EXISTS (SELECT 1 FROM refunds f WHERE f.purchase_id = q.id) \
         OR EXISTS (SELECT 1 FROM disputes d WHERE d.purchase_id = q.id))) \
    ORDER BY p.id";

const ENTRIES: &str = "\
    WITH RECURSIVE steps(id, referral_id) AS ( \
        SELECT c.id, c.referral_id FROM credits c WHERE c.kind = 'earned' AND c.referral_id IS NOT NULL \
        UNION ALL \
        SELECT c.id, steps.referral_id FROM credits c JOIN steps ON c.undoes = steps.id \
        WHERE c.kind IN ('reversed', 'restored')) \
    SELECT s.key, u.email, c.idempotency_key, c.state, c.amount_cents \
    FROM steps JOIN credits c ON c.id = steps.id JOIN referrals r ON r.id = steps.referral_id \
    JOIN users u ON u.id = r.referred_id JOIN sites s ON s.id = r.site_id \
    WHERE u.email LIKE 'friend-%' AND c.kind <> 'earned' ORDER BY c.id";

/// The friends in the database.
pub async fn friends(connection: &Connection) -> anyhow::Result<Vec<RefundedFriend>> {
    let mut friends: Vec<RefundedFriend> = Vec::new();
    let read = |row: &sea_orm::QueryResult| {
        Ok(RefundedFriend {
            site: row.try_get_by(0)?,
            email: row.try_get_by(1)?,
            purchases: vec![Purchase {
                id: row.try_get_by(2)?,
                session: row.try_get_by(3)?,
                paid: row.try_get_by(4)?,
                refunded: row.try_get_by(5)?,
                dispute: row.try_get_by(6)?,
            }],
            earned_by: row.try_get_by(7)?,
            taken_back: row.try_get_by(8)?,
            shortfall: row.try_get_by::<Option<i64>, _>(9)?.unwrap_or_default(),
            entries: Vec::new(),
        })
    };
    for row in connection.rows(FRIENDS, read).await? {
        let known = |one: &&mut RefundedFriend| one.is_called(&row.site, &row.email);
        match friends.iter_mut().find(known) {
            Some(friend) => friend.purchases.extend(row.purchases),
            None => friends.push(row),
        }
    }
    let read = |row: &sea_orm::QueryResult| {
        let entry = Entry {
            key: row.try_get_by(2)?,
            state: row.try_get_by(3)?,
            cents: row.try_get_by(4)?,
        };
        let names: (String, String) = (row.try_get_by(0)?, row.try_get_by(1)?);
        Ok((names, entry))
    };
    for ((site, email), entry) in connection.rows(ENTRIES, read).await? {
        let friend = friends.iter_mut().find(|one| one.is_called(&site, &email));
        friend
            .into_iter()
            .for_each(|one| one.entries.push(entry.clone()));
    }
    Ok(friends)
}

/// What is wrong, as sentences, by kind.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ReversalFindings {
    pub lost: Vec<String>,
    pub duplicated: Vec<String>,
    pub orphaned: Vec<String>,
}

/// Compares the friends with the credits that they earned and with what was posted for them.
pub fn compare(
    friends: &[RefundedFriend],
    credits: &[Credit],
    posted: &[PostedCredit],
) -> ReversalFindings {
    let mut findings = ReversalFindings::default();
    for friend in friends {
        let of_friend = credits.iter().filter(|credit| friend.earned(credit));
        match of_friend.collect::<Vec<_>>()[..] {
            [] => findings.lost.extend(nothing_earned(friend)),
            [credit] => of_credit(friend, credit, posted, &mut findings),
            _ => findings
                .duplicated
                .push(format!("more than one credit for {friend:?}")),
        }
    }
    findings
}

/// The only purchase earns if it stands. Of several, one may have been decided on while another had the credit; a
/// payment in test mode may earn nothing near the time when its program went live.
fn nothing_earned(friend: &RefundedFriend) -> Option<String> {
    let [purchase] = &friend.purchases[..] else {
        return None;
    };
    let is_live = purchase.session.as_deref().is_some_and(is_live);
    (purchase.stands() && is_live).then(|| format!("no credit for {friend:?}"))
}

fn of_credit(
    friend: &RefundedFriend,
    credit: &Credit,
    posted: &[PostedCredit],
    findings: &mut ReversalFindings,
) {
    let is_of_test_mode = credit.reason.as_deref() == Some(OTHER_MODE_REASON);
    if is_of_test_mode && credit.live == Some(false) && friend.entries.is_empty() {
        return;
    }
    let earned = Entry {
        key: credit.key.clone(),
        state: credit.state.clone(),
        cents: credit.cents,
    };
    let rows: Vec<&Entry> = [&earned].into_iter().chain(&friend.entries).collect();
    let (lost, duplicated, orphaned) = (
        &mut findings.lost,
        &mut findings.duplicated,
        &mut findings.orphaned,
    );
    let sum = posted_sum(credit, &rows, posted, lost, duplicated, orphaned);
    let due = friend.due(-credit.cents);
    if sum != credit.cents + friend.taken_back || friend.taken_back + friend.shortfall != due {
        findings.orphaned.push(format!(
            "{sum} cents are at Stripe, and {due} were to be taken back: {friend:?}, {credit:?}"
        ));
    }
    if credit.notifications != 1 {
        let wrong = format!("{} notifications of {credit:?}", credit.notifications);
        findings.lost.push(wrong);
    }
}

/// What went back of each payment, by its id (`pi_…`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoneyBack {
    /// Cents, of refunds that succeeded.
    pub refunded: i64,
    /// `open` or `lost`.
    pub dispute: Option<&'static str>,
}

/// What Stripe says.
pub fn at_stripe(context: &TestContext) -> HashMap<String, MoneyBack> {
    let mut all: HashMap<String, MoneyBack> = HashMap::new();
    for account in context.accounts() {
        let objects = context.stripe.objects(&account, None);
        let listed = |list: &str| objects[list].as_array().cloned().unwrap_or_default();
        let payment = |of: &Value| of["payment_intent"].as_str().unwrap_or_default().to_owned();
        for refund in listed("refunds") {
            let back = all.entry(payment(&refund)).or_default();
            if refund["status"] == "succeeded" {
                back.refunded += refund["amount"].as_i64().unwrap_or_default();
            }
        }
        for dispute in listed("disputes") {
            let back = all.entry(payment(&dispute)).or_default();
            back.dispute = match dispute["status"].as_str() {
                Some("needs_response" | "under_review") => Some("open"),
                Some("lost") => Some("lost"),
                _ => back.dispute,
            };
        }
    }
    all
}

/// What the product knows of payments of which something went back, or that Stripe says so of.
pub async fn unlike_stripe(
    connection: &Connection,
    context: &TestContext,
) -> anyhow::Result<Vec<String>> {
    let at_stripe = at_stripe(context);
    let sql = "SELECT payment_intent_id, refunded_cents, dispute FROM purchases \
               WHERE payment_intent_id IS NOT NULL AND state = 'paid'";
    let read = |row: &sea_orm::QueryResult| {
        let dispute: Option<String> = row.try_get_by(2)?;
        let back = MoneyBack {
            refunded: row.try_get_by(1)?,
            dispute: match dispute.as_deref() {
                None => None,
                Some("open") => Some("open"),
                Some(_) => Some("lost"),
            },
        };
        Ok((row.try_get_by::<String, _>(0)?, back))
    };
    let ours = connection.rows(sql, read).await?;
    let unlike = ours.into_iter().filter_map(|(payment, ours)| {
        let theirs = at_stripe.get(&payment).copied().unwrap_or_default();
        (ours != theirs).then(|| format!("{payment}: {ours:?}, and at Stripe {theirs:?}"))
    });
    Ok(unlike.collect())
}

#[cfg(test)]
mod tests;
