//! Gives a credit by hand.

use anyhow::Context;
use domain::credit::{CreditKey, CreditKind, NotGiven, StripeAmount, may_give};
use store::credits::{self as rows, NewByStaff};

use super::{ByHand, Changed, NotChanged, Whose, before, standing, write};
use crate::{Engine, credits};

/// Gives the credit: the row and its job are committed before Stripe is asked.
///
/// # Errors
/// If the database fails.
pub async fn give(
    engine: &Engine,
    whose: &Whose,
    typed: ByHand<'_>,
) -> anyhow::Result<Result<Changed, NotChanged>> {
    let key = CreditKey::of_grant(typed.form_token);
    if let Some(changed) = before(engine, whose, &key, &typed).await? {
        return Ok(changed);
    }
    let may = whose.role().ok_or(NotGiven::NotByRole);
    if let Err(why) = may.and_then(|role| may_give(role, typed.amount)) {
        return Ok(Err(NotChanged::NotGiven(why)));
    }
    if whose.is_leaving() {
        return Ok(Err(NotChanged::Leaving));
    }
    let Some(connection) = whose.connection(engine).await? else {
        return Ok(Err(NotChanged::NotConnected));
    };
    let row = NewByStaff {
        site_id: whose.site_id(),
        holder: whose.holder_id(),
        kind: CreditKind::Granted,
        stripe_account_id: connection.account.id,
        mode: connection.account.mode(),
        customer_id: None,
        amount: StripeAmount::of_credit(typed.amount).context("a credit that fits")?,
        key: &key,
        reason: typed.reason,
    };
    let what = match whose.is_own() {
        true => "Credit given to themselves",
        false => "Credit given",
    };
    let tx = engine.db.begin().await?;
    let written = write(&tx, engine, whose, (&row, what), &typed, engine.now());
    let Some(credit_id) = written.await? else {
        // The form was sent twice at the same time, and the other request was first.
        drop(tx);
        let changed = before(engine, whose, &key, &typed).await?;
        return changed.context("the credit of this form");
    };
    tx.commit().await?;
    engine.queue.wake_workers();
    credits::issue(engine, credit_id).await?;
    let row = rows::by_id(engine.db.reader(), credit_id).await?;
    let row = row.context("the credit that was just written")?;
    standing(engine, &row).await.map(Ok)
}
