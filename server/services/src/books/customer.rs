//! Reads a customer's entries, where its balance differs or its ledger changed.

use std::collections::HashMap;

use domain::{
    credit::{
        AtStripe, Booked, CreditKey, CreditState, DifferenceState, Finding, ReturnCause,
        compare as compare_entries, opened_by,
    },
    money::{Currency, Money},
};
use store::{
    PurchaseId, Scope, SiteId, credits,
    entities::credit,
    purchases,
    reconciliations::{self, NewDifference},
    sites,
    stripe_customers::HolderId,
};
use stripe_gateway::{Customer, ListedTransaction};

use super::{Run, Trouble};
use crate::stripe_customers::observed;

/// How many keys are asked about in one statement.
const KEYS_AT_ONCE: usize = 1_000;

/// What a customer's entries said.
pub struct Read {
    pub differences: Vec<NewDifference>,
    /// Whether any of them waits for a person, or did.
    pub is_open: bool,
    /// How many rows the ledger has of the customer now.
    pub rows: i64,
}

/// Compares the customer's entries with its ledger. What others did is observed.
///
/// The ledger is read before Stripe is asked, and the keys that Stripe has after it: what is posted or
/// recorded meanwhile is then no difference.
pub async fn compare(
    run: &Run<'_>,
    customer: &Customer,
    holder: Option<HolderId>,
) -> Result<Read, Trouble> {
    let (engine, db) = (run.engine, run.engine.db.reader());
    let rows = credits::booked_rows(db, run.scope, &run.accounts, &customer.id).await?;
    let listed = run
        .connection
        .gateway
        .balance_transactions(&customer.id)
        .await?;
    let booked = rows.iter().map(as_booked).collect::<Result<Vec<_>, _>>()?;
    let stripe: Vec<_> = listed.iter().map(at_stripe).collect();
    let states = states(run, &stripe).await?;
    let findings = compare_entries(&booked, &stripe, |key| states.get(key.as_str()).copied());
    let holder = holder.or_else(|| rows.last().and_then(credit::Model::holder));
    let mut observed = 0;
    if let Some(holder) = holder {
        let by_others = findings
            .iter()
            .filter(|one| one.kind.state() == DifferenceState::Explained);
        for finding in by_others {
            let one = listed.iter().find(|one| one.id == finding.reference);
            if let Some(one) = one {
                let site_id = site_of(run).await?;
                let purchase = membership_of(run, holder, one).await?;
                let account = &run.connection.account;
                let whose = (site_id, holder);
                observed::record(engine, account, &customer.id, whose, one, purchase).await?;
                observed += 1;
            }
        }
    }
    let in_ledger = |currency: Currency| {
        let of_currency = booked
            .iter()
            .filter(|row| row.amount.currency() == currency);
        let cents = of_currency.map(|row| row.amount.cents());
        Money::new(cents.sum(), currency)
    };
    let mut differences = Vec::new();
    for Finding {
        kind,
        reference,
        amount,
    } in findings.iter().cloned()
    {
        let is_done = kind.state() == DifferenceState::Open
            && reconciliations::is_done(db, run.scope, kind, &reference).await?;
        differences.push(NewDifference {
            customer_id: customer.id.clone(),
            holder,
            kind,
            state: if is_done {
                DifferenceState::Done
            } else {
                kind.state()
            },
            reference,
            amount,
            at_stripe: customer.credit_in(amount.currency()),
            in_ledger: in_ledger(amount.currency()),
        });
    }
    let rows = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    Ok(Read {
        is_open: opened_by(&findings),
        differences,
        rows: rows.saturating_add(observed),
    })
}

fn as_booked(row: &credit::Model) -> Result<Booked, sea_orm::DbErr> {
    Ok(Booked {
        key: row.key(),
        transaction: row.stripe_transaction_id.clone(),
        amount: row.amount()?.in_favor(),
    })
}

fn at_stripe(one: &ListedTransaction) -> AtStripe {
    AtStripe {
        transaction: one.id.clone(),
        key: one.ledger_key.clone().map(CreditKey::stored),
        amount: one.amount.in_favor(),
        created: one.created,
    }
}

/// The states of the ledger's rows under the keys that Stripe has, their returns, and what was observed.
async fn states(
    run: &Run<'_>,
    stripe: &[AtStripe],
) -> Result<HashMap<String, CreditState>, Trouble> {
    let mut keys = Vec::new();
    for one in stripe {
        match &one.key {
            Some(key) => {
                let returns = ReturnCause::ALL.into_iter();
                keys.extend(returns.filter_map(|cause| key.of_return(cause)));
                keys.push(key.clone());
            }
            None => keys.push(CreditKey::of_observed(&one.transaction)),
        }
    }
    let mut states = HashMap::new();
    for some in keys.chunks(KEYS_AT_ONCE) {
        let some = some.iter().map(|key| key.as_str().to_owned());
        states.extend(credits::states_of(run.engine.db.reader(), some).await?);
    }
    Ok(states)
}

/// The site of what was observed: the tenant's, or the oldest brand's.
async fn site_of(run: &Run<'_>) -> Result<SiteId, Trouble> {
    match run.scope {
        Scope::Site(site_id) => Ok(site_id),
        Scope::Platform => {
            let brands = sites::brands(run.engine.db.reader()).await?;
            let oldest = brands.into_iter().next().map(|(brand, _)| brand.id);
            oldest.ok_or_else(|| anyhow::anyhow!("a platform without a brand").into())
        }
    }
}

/// The membership whose payment page took it or gave it back.
async fn membership_of(
    run: &Run<'_>,
    holder: HolderId,
    one: &ListedTransaction,
) -> Result<Option<PurchaseId>, Trouble> {
    let (Scope::Site(site_id), HolderId::Member(member)) = (run.scope, holder) else {
        return Ok(None);
    };
    let Some(session) = one.checkout_session.clone() else {
        return Ok(None);
    };
    let db = run.engine.db.reader();
    let found = purchases::named(db, site_id, member, Vec::new(), vec![session]).await?;
    Ok(found.first().map(|purchase| purchase.id))
}
