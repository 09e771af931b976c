//! Takes credit by hand, as far as the balance has it.

use anyhow::Context;
use domain::{
    credit::{CreditKey, CreditKind, NotTaken, StripeAmount, may_take},
    money::Money,
};
use store::{
    CreditId,
    credits::{self as rows, NewByStaff},
};

use super::{ByHand, Changed, NotChanged, Whose, before, standing, write};
use crate::{
    Engine, credits,
    purchases::balance_claim::{BalanceClaim, Claiming, claim},
    stripe_customers::Connection,
};

/// Takes the credit. The balance is read under the claim that purchases take too, so that no cent of it
/// is spent twice.
///
/// # Errors
/// If the database fails.
pub async fn take(
    engine: &Engine,
    whose: &Whose,
    typed: ByHand<'_>,
) -> anyhow::Result<Result<Changed, NotChanged>> {
    let key = CreditKey::of_correction(typed.form_token);
    if let Some(changed) = before(engine, whose, &key, &typed).await? {
        return Ok(changed);
    }
    if !typed.amount.is_positive() {
        return Ok(Err(NotChanged::NotTaken(NotTaken::NotPositive)));
    }
    if whose.is_leaving() {
        return Ok(Err(NotChanged::Leaving));
    }
    let Some(connection) = whose.connection(engine).await? else {
        return Ok(Err(NotChanged::NotConnected));
    };
    let currency = typed.amount.currency();
    let holder = whose.holder();
    let held = match claim(engine, &connection, &holder, currency).await? {
        Claiming::Claimed(held) => held,
        Claiming::NoCustomer => {
            let nothing = NotTaken::TooMuch(Money::new(0, currency));
            return Ok(Err(NotChanged::NotTaken(nothing)));
        }
        Claiming::Busy => return Ok(Err(NotChanged::InUse)),
        Claiming::Unread(_) => return Ok(Err(NotChanged::Unanswered)),
    };
    // A form that was sent twice at the same time may have taken it already.
    if let Some(changed) = before(engine, whose, &key, &typed).await? {
        held.held.release(engine).await?;
        return Ok(changed);
    }
    if let Err(why) = may_take(typed.amount, held.available) {
        held.held.release(engine).await?;
        return Ok(Err(NotChanged::NotTaken(why)));
    }
    let written = write_debit(engine, whose, (&connection, &held), &key, &typed).await;
    // Who posts the debit claims the balance again.
    held.held.release(engine).await?;
    let credit_id = match written? {
        Written::Due(credit_id) => credit_id,
        Written::InUse => return Ok(Err(NotChanged::InUse)),
        Written::Before => {
            let changed = before(engine, whose, &key, &typed).await?;
            return changed.context("the debit of this form");
        }
    };
    engine.queue.wake_workers();
    credits::issue(engine, credit_id).await?;
    for back in rows::due_after(engine.db.reader(), credit_id).await? {
        credits::issue(engine, back.id).await?;
    }
    let row = rows::by_id(engine.db.reader(), credit_id).await?;
    let row = row.context("the debit that was just written")?;
    standing(engine, &row).await.map(Ok)
}

enum Written {
    Due(CreditId),
    /// The form was sent twice at the same time, and the other request was first.
    Before,
    /// The claim of the balance ended meanwhile.
    InUse,
}

async fn write_debit(
    engine: &Engine,
    whose: &Whose,
    (connection, held): (&Connection, &BalanceClaim),
    key: &CreditKey,
    typed: &ByHand<'_>,
) -> anyhow::Result<Written> {
    let row = NewByStaff {
        site_id: whose.site_id(),
        holder: whose.holder_id(),
        kind: CreditKind::Corrected,
        stripe_account_id: connection.account.id,
        mode: connection.account.mode(),
        customer_id: Some(&held.customer),
        amount: StripeAmount::of_debit(typed.amount).context("a debit that fits")?,
        key,
        reason: typed.reason,
    };
    let tx = engine.db.begin().await?;
    let now = engine.now();
    let written = write(&tx, engine, whose, (&row, "Credit taken"), typed, now).await?;
    let Some(credit_id) = written else {
        return Ok(Written::Before);
    };
    // Last: whoever records a debit locks the ledger's row before the customer's.
    if !held.held.holds(&tx, engine).await? {
        return Ok(Written::InUse);
    }
    tx.commit().await?;
    Ok(Written::Due(credit_id))
}
