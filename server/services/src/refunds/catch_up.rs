//! Finds refunds and disputes of which no event told: Stripe sends none to an account without a webhook endpoint,
//! and none of them later (`docs/rules.md` 120).

use std::collections::BTreeSet;

use domain::credit::StripeError;
use store::{
    Scope, StripeAccountId, Timestamp, disputes,
    entities::{dispute, refund},
    paid::{self, PaidRow},
    refunds,
};
use stripe_gateway::{Dispute, Refund};
use time::Duration;

use super::{
    look::ours,
    sums::check_job,
    told::{dispute_told, refund_told},
};
use crate::{
    Engine,
    stripe_customers::{Connection, StepError},
};

/// How far back refunds are read. One that is known is asked about until it is settled.
const REFUNDS_FOR: Duration = Duration::days(30);
/// How far back disputes are read. They are decided within months.
const DISPUTES_FOR: Duration = Duration::days(120);
/// How far what is read goes back behind what was read the last time.
const OVERLAP: Duration = Duration::DAY;
/// How many purchases are looked up in one statement.
const AT_ONCE: usize = 500;

/// Has Stripe asked about each purchase of the program of which its lists say something else than we do. `accounts`
/// are the program's rows of this connection's account; `last` is when they were read before.
///
/// # Errors
/// If the database fails, or Stripe does not answer. A key that may not read the lists is no error.
pub async fn catch_up(
    engine: &Engine,
    connection: &Connection,
    (scope, accounts): (Scope, &[StripeAccountId]),
    last: Option<Timestamp>,
) -> Result<(), StepError> {
    let since = |lasts: Duration| {
        let begin = engine.now() - lasts;
        let begin = last.map_or(begin, |last| begin.min(last - OVERLAP));
        begin.moment().unix_timestamp()
    };
    let gateway = &connection.gateway;
    let refunds = readable(gateway.refunds_since(since(REFUNDS_FOR)).await)?;
    let disputes = readable(gateway.disputes_since(since(DISPUTES_FOR)).await)?;
    let of_refunds = refunds
        .iter()
        .filter_map(|one| one.payment_intent.as_deref());
    let of_disputes = disputes
        .iter()
        .filter_map(|one| one.payment_intent.as_deref());
    let payments: BTreeSet<&str> = of_refunds.chain(of_disputes).collect();
    let payments: Vec<&str> = payments.into_iter().collect();
    for payments in payments.chunks(AT_ONCE) {
        let db = engine.db.reader();
        for row in paid::by_payments(db, scope, accounts, payments).await? {
            if is_behind(engine, &row, &refunds, &disputes).await? {
                look_at(engine, &row).await.map_err(ours)?;
            }
        }
    }
    Ok(())
}

/// What a list says; nothing, if the key may not read it.
fn readable<T>(list: Result<Vec<T>, StripeError>) -> Result<Vec<T>, StripeError> {
    match list {
        Err(StripeError::SecretKeyRejected) => {
            tracing::warn!("the secret key may not list refunds or disputes");
            Ok(Vec::new())
        }
        list => list,
    }
}

/// Whether Stripe lists what we do not have of the purchase, have otherwise, or cannot read.
async fn is_behind(
    engine: &Engine,
    row: &PaidRow,
    listed: &[Refund],
    disputed: &[Dispute],
) -> Result<bool, StepError> {
    let (db, now, payment) = (engine.db.reader(), engine.now(), row.payment_intent());
    let known = refunds::of_purchase(db, row.paid()).await?;
    let mut listed = listed
        .iter()
        .filter(|one| one.payment_intent.as_deref() == payment);
    let unknown_refund = listed.any(|one| {
        refund_told(one, now).is_none_or(|told| !known.iter().any(|row| has_refund(row, &told)))
    });
    let known = disputes::of_purchase(db, row.paid()).await?;
    let mut disputed = disputed
        .iter()
        .filter(|one| one.payment_intent.as_deref() == payment);
    let unknown_dispute = disputed.any(|one| {
        dispute_told(one, now).is_none_or(|told| !known.iter().any(|row| has_dispute(row, &told)))
    });
    Ok(unknown_refund || unknown_dispute)
}

fn has_refund(row: &refund::Model, told: &refunds::Told<'_>) -> bool {
    let status = *row.status;
    row.stripe_id.as_deref() == Some(told.id)
        && row.amount_cents == told.amount
        && status.after(told.status) == status
}

fn has_dispute(row: &dispute::Model, told: &disputes::Told<'_>) -> bool {
    let status = *row.status;
    row.stripe_id == told.id && status.after(told.status) == status
}

async fn look_at(engine: &Engine, row: &PaidRow) -> anyhow::Result<()> {
    let (tx, now) = (engine.db.begin().await?, engine.now());
    paid::look_at(&tx, row.paid(), now).await?;
    engine
        .queue
        .enqueue(&tx, &check_job(row.paid(), now))
        .await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    tracing::info!(
        purchase = row.paid().number(),
        "of what went back no event told"
    );
    Ok(())
}
