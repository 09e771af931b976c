//! Moves the credits of a member or platform referrer to their present customer, where an earlier
//! one still has them (`docs/rules.md` 54).

use anyhow::Context;
use domain::{
    credit::{CreditState, movable, reversal},
    money::{Currency, Money},
    referral::FailureReason,
};
use store::{
    CreditId,
    audit_log::{self, Change, Field},
    credits,
    entities::credit,
    stripe_customers::{self, HolderId},
};

use super::{Issued, post::Posted, record::set_issued, referral, spending::taken};
use crate::{
    Engine,
    queue::Job,
    stripe_customers::{Connection, StepError},
};

/// The most customers that Stripe is asked about for one page.
const MOST: usize = 5;

/// What a holder has on an earlier customer, and can be moved.
pub struct Elsewhere {
    /// `cus_…`: the earlier customer.
    pub customer_id: String,
    pub amount: Money,
}

/// The credits of the holder that earlier customers still have. Those that the account does not
/// know any more, and what was spent from there, are left out.
///
/// # Errors
/// The error of Stripe or of the database.
pub async fn elsewhere(
    engine: &Engine,
    connection: &Connection,
    holder: HolderId,
) -> Result<Vec<Elsewhere>, StepError> {
    let mut found: Vec<Elsewhere> = Vec::new();
    for (row, amount) in moves(engine, connection, holder, None).await? {
        let customer_id = row.stripe_customer_id.unwrap_or_default();
        let same = |one: &&mut Elsewhere| {
            one.customer_id == customer_id && one.amount.currency() == amount.currency()
        };
        match found.iter_mut().find(same) {
            Some(one) => {
                let cents = one.amount.cents() + amount.cents();
                one.amount = Money::new(cents, amount.currency());
            }
            None => found.push(Elsewhere {
                customer_id,
                amount,
            }),
        }
    }
    Ok(found)
}

/// Moves what the earlier customer `from` still has to the holder's present one: a debit there, and
/// a credit here once Stripe has the debit. Each is logged with it as a `change`. Returns what is on its
/// way.
///
/// # Errors
/// The error of Stripe or of the database.
pub async fn move_here(
    engine: &Engine,
    connection: &Connection,
    holder: HolderId,
    from: &str,
    change: &Change<'_>,
) -> anyhow::Result<Result<Vec<Money>, StepError>> {
    let moves = match moves(engine, connection, holder, Some(from)).await {
        Ok(moves) => moves,
        Err(error) => return Ok(Err(error)),
    };
    let mut moved = Vec::new();
    for (row, amount) in moves {
        let tx = engine.db.begin().await?;
        let origin = credits::origin(&tx, row.clone()).await?;
        referral::lock(&tx, origin.earned()).await?;
        let standing = credits::standing(&tx, origin).await?;
        if standing.id != row.id || standing.state != CreditState::Issued {
            continue;
        }
        let id = credits::insert_moved_out(&tx, &row, amount, engine.now()).await?;
        let Some(credit_id) = id else { continue };
        engine.queue.enqueue(&tx, &issue(credit_id)).await?;
        let field = Field {
            name: "Credit moved",
            old: Some(format!("{amount} on {from}")),
            new: Some("On the present Stripe customer".to_owned()),
        };
        audit_log::write(&tx, change, [field]).await?;
        tx.commit().await?;
        super::issue(engine, credit_id).await?;
        for arriving in credits::due_after(engine.db.reader(), credit_id).await? {
            super::issue(engine, arriving.id).await?;
        }
        // A debit that Stripe refuses leaves no row.
        if credits::by_id(engine.db.reader(), credit_id)
            .await?
            .is_some()
        {
            moved.push(amount);
        }
    }
    engine.queue.wake_workers();
    Ok(Ok(moved))
}

/// What can be moved of each credit, of all earlier customers or of `from`.
async fn moves(
    engine: &Engine,
    connection: &Connection,
    holder: HolderId,
    from: Option<&str>,
) -> Result<Vec<(credit::Model, Money)>, StepError> {
    let (db, account) = (engine.db.reader(), &connection.account);
    let row = stripe_customers::get(db, account.id, holder).await?;
    let Some(present) = row.and_then(|row| row.customer_id) else {
        return Ok(Vec::new());
    };
    let mut rows = credits::elsewhere(db, holder, account.mode(), &present).await?;
    let mut customers: Vec<String> = Vec::new();
    for id in rows.iter().filter_map(|row| row.stripe_customer_id.clone()) {
        if from.is_none_or(|from| from == id) && !customers.contains(&id) {
            customers.push(id);
        }
    }
    let mut moves = Vec::new();
    for id in customers.into_iter().take(MOST) {
        let Some(customer) = connection.gateway.customer(&id).await?.living() else {
            continue;
        };
        let its = |row: &mut credit::Model| row.stripe_customer_id.as_ref() == Some(&id);
        let its: Vec<_> = rows.extract_if(.., its).collect();
        for currency in Currency::ALL {
            let of_currency = its.iter().filter(|row| *row.currency == currency);
            let mut amounts = Vec::new();
            for row in of_currency.clone() {
                amounts.push(row.amount()?.in_favor());
            }
            let movable = movable(&amounts, customer.credit_in(currency));
            let pairs = of_currency.cloned().zip(movable);
            moves.extend(pairs.filter(|(_, amount)| amount.is_positive()));
        }
    }
    Ok(moves)
}

/// Records that Stripe has the debit: what it took arrives at the present customer, and what was not
/// there goes back at once.
pub async fn record_moved_out(
    engine: &Engine,
    row: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let origin = credits::origin(&tx, row.clone()).await?;
    referral::lock(&tx, origin.earned()).await?;
    if !set_issued(&tx, row, posted, now).await? {
        return Ok(Issued::NothingToDo);
    }
    let row = credits::by_id(&tx, row.id).await?.context("the move")?;
    let taken = taken(posted.entry.amount.in_favor())?;
    let end = reversal(taken, posted.entry.ending_balance);
    let mut due = Vec::new();
    if let Some(back) = end.restored {
        due.extend(credits::insert_restored(&tx, &row, back, now).await?);
    }
    if end.taken_back.is_positive() {
        due.extend(credits::insert_moved_in(&tx, &row, end.taken_back, now).await?);
    } else {
        credits::let_stay(&tx, row.id).await?;
    }
    for credit_id in due {
        engine.queue.enqueue(&tx, &issue(credit_id)).await?;
    }
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(Issued::Credited)
}

/// Stripe refuses the debit for good, as when the customer was deleted: nothing was moved, and nothing
/// of the move is left.
pub async fn record_not_moved(
    engine: &Engine,
    row: &credit::Model,
    attempts: u32,
    reason: FailureReason,
) -> anyhow::Result<Issued> {
    let tx = engine.db.begin().await?;
    let origin = credits::origin(&tx, row.clone()).await?;
    referral::lock(&tx, origin.earned()).await?;
    if !credits::set_failed(&tx, row, attempts, &reason, engine.now()).await? {
        return Ok(Issued::NothingToDo);
    }
    credits::withdraw(&tx, row.id).await?;
    tx.commit().await?;
    tracing::warn!(credit = row.id.get(), ?reason, "a credit was not moved");
    Ok(Issued::Failed(reason))
}

fn issue(credit_id: CreditId) -> Job {
    Job::IssueCredit {
        credit_id,
        attempt: 0,
    }
}
