//! Compares the debits for purchases, at Stripe and in the ledger, with what became of the purchases.

use std::collections::HashMap;

use super::{facts::PostedCredit, overcharges::Session};
use crate::database::Connection;

/// What the ledger keys of debits and returns begin with.
pub const SPENT: &str = "credit:spent:";
pub const RETURNED: &str = "credit:returned:";

/// What those begin with that return a balance which Stripe had applied to a refunded invoice.
pub const REFUNDED: &str = "credit:refunded:";

/// A debit in the ledger with its purchase.
#[derive(Clone, Debug)]
pub struct Debit {
    pub key: String,
    /// The ledger row's state.
    pub state: String,
    /// Cents; above zero.
    pub cents: i64,
    /// Cents.
    pub price: i64,
    pub purchase_state: String,
    /// Cents; what refunds gave back of the debit.
    pub refunded: i64,
    /// `cs_…`; `None` if credit covers the price.
    pub session: Option<String>,
}

/// The debits in the ledger.
pub async fn debits(connection: &Connection) -> anyhow::Result<Vec<Debit>> {
    let sql = "SELECT c.idempotency_key, c.state, c.amount_cents, p.price_cents, p.state, \
               p.refunded_credit_cents, p.checkout_session_id FROM credits c JOIN purchases p ON p.id = c.purchase_id \
               WHERE c.kind = 'spent'";
    let read = |row: &sea_orm::QueryResult| {
        Ok(Debit {
            key: row.try_get_by(0)?,
            state: row.try_get_by(1)?,
            cents: row.try_get_by(2)?,
            price: row.try_get_by(3)?,
            purchase_state: row.try_get_by(4)?,
            refunded: row.try_get_by(5)?,
            session: row.try_get_by(6)?,
        })
    };
    connection.rows(sql, read).await
}

/// Finds debits and returns that were posted more than once, debits that were not returned although
/// their purchase was not paid, those that were returned although it was, and sessions that do not
/// charge the price less the debit. `posted` has every debit and return at Stripe. What a restored
/// backup lost is left out: the product shows it on the member's statement.
pub fn wrongly_spent(
    debits: &[Debit],
    posted: &[PostedCredit],
    sessions: &[Session],
) -> Vec<String> {
    let mut by_key: HashMap<&str, Vec<&PostedCredit>> = HashMap::new();
    for entry in posted {
        by_key.entry(&entry.ledger_key).or_default().push(entry);
    }
    let mut findings: Vec<String> = by_key
        .iter()
        .filter(|(_, entries)| entries.len() > 1)
        .map(|(key, entries)| format!("{} balance transactions under {key}", entries.len()))
        .collect();
    let known = |key: &str| debits.iter().any(|debit| debit.key == key);
    let lost = posted
        .iter()
        .filter(|entry| entry.ledger_key.starts_with(SPENT) && !entry.is_lost);
    let lost = lost.filter(|entry| !known(&entry.ledger_key));
    findings.extend(lost.map(|entry| format!("not in the ledger: {entry:?}")));
    for debit in debits {
        let entry = by_key
            .get(debit.key.as_str())
            .and_then(|entries| entries.first());
        findings.extend(of_debit(debit, entry.copied(), posted, sessions));
    }
    findings
}

fn of_debit(
    debit: &Debit,
    entry: Option<&PostedCredit>,
    posted: &[PostedCredit],
    sessions: &[Session],
) -> Option<String> {
    let Some(entry) = entry else {
        let is_at_stripe = debit.state == "issued" || debit.purchase_state == "paid";
        return is_at_stripe.then(|| format!("not at Stripe: {debit:?}"));
    };
    if debit.state == "issued" && entry.cents != debit.cents {
        return Some(format!("{entry:?} is not what the ledger says: {debit:?}"));
    }
    let token = debit.key.strip_prefix(SPENT).unwrap_or_default();
    let returns = format!("{RETURNED}{token}:");
    // A backup may have brought back a sale that was undone after it: the credit stays returned.
    let is_of_lost_undoing = |entry: &&PostedCredit| {
        entry.is_lost && entry.ledger_key.ends_with(":undone") && debit.purchase_state == "paid"
    };
    let of_debit = posted
        .iter()
        .filter(|entry| entry.ledger_key.starts_with(&returns))
        .filter(|entry| !is_of_lost_undoing(entry));
    let returned: i64 = of_debit.clone().map(|entry| -entry.cents).sum();
    // So may the refunds be that were made after the backup.
    let of_lost_refunds: i64 = of_debit
        .filter(|entry| entry.is_lost && entry.ledger_key.contains(":refunded:"))
        .map(|entry| -entry.cents)
        .sum();
    let session = sessions
        .iter()
        .find(|session| Some(&session.id) == debit.session.as_ref());
    let is_held = session.is_some_and(|session| session.open || session.complete);
    let due = match debit.purchase_state.as_str() {
        "paid" => debit.refunded,
        "open" | "processing" if is_held => 0,
        _ => entry.cents,
    };
    if !(due..=due + of_lost_refunds).contains(&returned) {
        return Some(format!(
            "{returned} cents returned and not {due}: {debit:?}"
        ));
    }
    let session = session.filter(|session| session.paid)?;
    let is_right =
        session.discount == entry.cents && session.total + session.discount == debit.price;
    (!is_right).then(|| format!("{session:?} does not charge the rest of {debit:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debit(purchase_state: &str) -> Debit {
        Debit {
            key: format!("{SPENT}a"),
            state: "issued".into(),
            cents: 1000,
            price: 3500,
            purchase_state: purchase_state.into(),
            refunded: 0,
            session: Some("cs_1".into()),
        }
    }

    fn posted(key: &str, cents: i64) -> PostedCredit {
        PostedCredit {
            id: "cbtxn_1".into(),
            customer_id: "cus_mia".into(),
            email: "mia@example.com".into(),
            created: 0,
            ledger_key: key.into(),
            cents,
            live: false,
            is_lost: false,
        }
    }

    fn taken() -> PostedCredit {
        posted("credit:spent:a", 1000)
    }

    fn returned() -> PostedCredit {
        posted("credit:returned:a:not_paid", -1000)
    }

    fn session(paid: bool) -> Session {
        Session {
            id: "cs_1".into(),
            total: 2500,
            discount: 1000,
            complete: paid,
            paid,
            ..Session::default()
        }
    }

    #[test]
    fn what_is_paid_is_spent_and_what_is_not_is_returned() {
        for (state, entries, paid, wrong) in [
            ("paid", vec![taken()], true, false),
            ("paid", vec![taken(), returned()], true, true),
            ("expired", vec![taken(), returned()], false, false),
            ("expired", vec![taken()], false, true),
            (
                "expired",
                vec![taken(), returned(), returned()],
                false,
                true,
            ),
            ("failed", vec![taken()], false, true),
            ("open", vec![taken()], false, true),
            ("expired", vec![], false, true),
        ] {
            let found = wrongly_spent(&[debit(state)], &entries, &[session(paid)]);
            assert_eq!(!found.is_empty(), wrong, "{state} {entries:?}: {found:?}");
        }
    }

    #[test]
    fn an_undone_sale_gives_its_credit_back() {
        let undone = posted("credit:returned:a:undone", -1000);
        let found = |state, entries: &[PostedCredit]| {
            let sale = Debit {
                session: None,
                ..debit(state)
            };
            wrongly_spent(&[sale], entries, &[]).len()
        };
        assert_eq!(found("undone", &[taken(), undone.clone()]), 0);
        assert_eq!(found("undone", &[taken()]), 1);
        assert_eq!(found("paid", &[taken(), undone.clone()]), 1);
        let lost = PostedCredit {
            is_lost: true,
            ..undone
        };
        assert_eq!(found("paid", &[taken(), lost]), 0);
    }

    #[test]
    fn an_open_page_may_hold_it() {
        let open = Session {
            open: true,
            ..session(false)
        };
        assert!(wrongly_spent(&[debit("open")], &[taken()], &[open]).is_empty());
    }

    #[test]
    fn a_page_charges_the_price_less_the_debit() {
        let full = Session {
            total: 3500,
            discount: 0,
            ..session(true)
        };
        let found = wrongly_spent(&[debit("paid")], &[taken()], &[full]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn only_a_restore_may_lose_a_debit() {
        assert_eq!(wrongly_spent(&[], &[taken()], &[]).len(), 1);
        let lost = PostedCredit {
            is_lost: true,
            ..taken()
        };
        assert!(wrongly_spent(&[], &[lost], &[]).is_empty());
    }
}
