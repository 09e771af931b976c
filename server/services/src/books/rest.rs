//! What is left once every page was compared: customers that Stripe no longer has, and invoices that charged a
//! debt of ours. Everything is recorded together with the end.

use std::collections::BTreeMap;

use domain::{
    credit::{BooksOutcome, Difference, DifferenceState, overcharged},
    money::{Currency, Money},
};
use store::{
    credits::{self, Overdraft},
    entities::credit,
    reconciliations::{self, NewDifference},
};
use stripe_gateway::Found;
use time::Duration;

use super::{Compared, LEASE, Run, Trouble};

/// How many customers of the ledger are looked at in one statement.
const AT_ONCE: u64 = 100;
/// The most differences of each kind that are recorded.
const MOST: usize = 1_000;
/// How long ago a debit may have taken a balance below zero. Invoices come at least once a year.
const OVERDRAFTS_FOR: Duration = Duration::days(400);

/// Ends the comparison.
pub async fn finish(run: &Run<'_>) -> Result<Compared, Trouble> {
    let (engine, id) = (run.engine, run.row.id);
    let Some(mut found) = deleted(run).await? else {
        return Ok(Compared::Nothing);
    };
    let since = engine.now() - OVERDRAFTS_FOR;
    let most = u64::try_from(MOST).unwrap_or(u64::MAX);
    let overdrafts = credits::overdrafts(engine.db.reader(), run.scope, since, most).await?;
    for one in &overdrafts {
        found.extend(overcharge(run, one).await?);
    }
    for one in &mut found {
        let db = engine.db.reader();
        if reconciliations::is_done(db, run.scope, one.kind, &one.reference).await? {
            one.state = DifferenceState::Done;
        }
    }
    let (tx, now) = (engine.db.begin().await?, engine.now());
    reconciliations::insert_differences(&tx, id, &found).await?;
    let is_ours = reconciliations::finish(&tx, id, run.token, BooksOutcome::Compared, now).await?;
    if !is_ours {
        return Ok(Compared::Nothing);
    }
    tx.commit().await?;
    Ok(Compared::Everything)
}

/// What the ledger owes customers that Stripe no longer has; `None` if another process has the claim now.
async fn deleted(run: &Run<'_>) -> Result<Option<Vec<NewDifference>>, Trouble> {
    let (engine, id) = (run.engine, run.row.id);
    let (db, account) = (engine.db.reader(), run.connection.account.id);
    let (mut found, mut after) = (Vec::new(), String::new());
    while found.len() < MOST {
        let place = (after.as_str(), AT_ONCE);
        let customers = reconciliations::unseen(db, run.scope, account, id, place).await?;
        let Some(last) = customers.last() else {
            break;
        };
        after = last.clone();
        let booked = credits::booked(db, run.scope, &run.accounts, &customers).await?;
        let mut owed: BTreeMap<&str, Vec<Money>> = BTreeMap::new();
        for sum in booked.iter().filter(|sum| sum.balance.cents() != 0) {
            owed.entry(&sum.customer_id).or_default().push(sum.balance);
        }
        for (customer, balances) in owed {
            let until = engine.now() + LEASE;
            if !reconciliations::hold(engine.db.writer(), id, run.token, until).await? {
                return Ok(None);
            }
            // One that was made since the pages began is compared the next time.
            if let Found::Customer(_) = run.connection.gateway.customer(customer).await? {
                continue;
            }
            let rows = credits::booked_rows(db, run.scope, &run.accounts, customer).await?;
            let holder = rows.last().and_then(credit::Model::holder);
            found.extend(balances.into_iter().map(|balance| NewDifference {
                customer_id: customer.to_owned(),
                holder,
                kind: Difference::CustomerDeleted,
                state: DifferenceState::Open,
                reference: reference(customer, balance.currency()),
                amount: balance,
                at_stripe: Money::new(0, balance.currency()),
                in_ledger: balance,
            }));
        }
    }
    Ok(Some(found))
}

fn reference(customer: &str, currency: Currency) -> String {
    format!("{customer}:{}", currency.code())
}

/// What an invoice charged between a debit that took the balance below zero and its correction.
async fn overcharge(run: &Run<'_>, one: &Overdraft) -> Result<Option<NewDifference>, Trouble> {
    let (debit, restored) = (&one.debit, &one.restored);
    let (Some(account), Some(customer)) = (debit.stripe_account_id, &debit.stripe_customer_id)
    else {
        return Ok(None);
    };
    let (Some(from), Some(to)) = (debit.issued_at, restored.issued_at) else {
        return Ok(None);
    };
    // Stripe tells whole seconds.
    let between = (from - Duration::SECOND, to);
    let db = run.engine.db.reader();
    let applied = credits::applied_between(db, account, customer, between).await?;
    let amount = overcharged(restored.amount()?.in_favor(), &applied);
    Ok(amount.map(|amount| NewDifference {
        customer_id: customer.clone(),
        holder: debit.holder(),
        kind: Difference::Overcharged,
        state: DifferenceState::Open,
        reference: restored.idempotency_key.clone(),
        amount,
        at_stripe: amount,
        in_ledger: Money::new(0, amount.currency()),
    }))
}
