//! Applies Stripe's events about refunds and disputes. What is about a payment that is not known is kept,
//! and applied once it is; what is not ours stays without effect.

use sea_orm::DatabaseTransaction;
use store::{
    disputes,
    entities::{dispute, refund},
    paid, refunds, without_purchase,
};
use stripe_gateway::{Dispute, Refund, RefundedCharge};

use super::{
    sums,
    told::{self, Heard, dispute_told, refund_told},
};
use crate::purchases::applied::{Applied, Source};

const NO_PAYMENT: &str = "it names no payment";
const NOT_KNOWN: &str = "no purchase has this payment";

/// Applies `refund.created`, `refund.updated`, `refund.failed` and `charge.refund.updated`.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn refund(
    tx: &DatabaseTransaction,
    source: Source,
    refund: &Refund,
) -> anyhow::Result<Applied> {
    let Some(payment) = refund.payment_intent.as_deref() else {
        return Ok(Applied::nothing(NO_PAYMENT));
    };
    let (account, now) = (source.stripe_account_id, source.now);
    let Some(row) = paid::lock_by_payment(tx, (account, source.platform), payment).await? else {
        if let Some(told) = refund_told(refund, now) {
            keep_refund(tx, source, &told).await?;
        }
        return Ok(Applied::nothing(NOT_KNOWN));
    };
    let (number, scope) = (row.paid().number(), row.scope());
    let outcome = match told::refund(tx, account, &row, refund, now).await? {
        Heard::Is(status) => format!("a refund of purchase {number} is {}", status.code()),
        Heard::Unreadable => {
            paid::look_at(tx, row.paid(), now).await?;
            format!("a refund of purchase {number} in a state that cannot be read")
        }
    };
    settled(tx, source, row, outcome, scope).await
}

/// Applies `charge.dispute.…`.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn dispute(
    tx: &DatabaseTransaction,
    source: Source,
    dispute: &Dispute,
) -> anyhow::Result<Applied> {
    let Some(payment) = dispute.payment_intent.as_deref() else {
        return Ok(Applied::nothing(NO_PAYMENT));
    };
    let (account, now) = (source.stripe_account_id, source.now);
    let Some(row) = paid::lock_by_payment(tx, (account, source.platform), payment).await? else {
        if let Some(told) = dispute_told(dispute, now) {
            keep_dispute(tx, source, &told).await?;
        }
        return Ok(Applied::nothing(NOT_KNOWN));
    };
    let (number, scope) = (row.paid().number(), row.scope());
    let outcome = match told::dispute(tx, account, &row, dispute, now).await? {
        Heard::Is(status) => format!("a dispute of purchase {number} is {}", status.code()),
        Heard::Unreadable => {
            paid::look_at(tx, row.paid(), now).await?;
            format!("a dispute of purchase {number} in a state that cannot be read")
        }
    };
    settled(tx, source, row, outcome, scope).await
}

/// Applies `charge.refunded`, which says how much of a charge was refunded so far, and not by which
/// refunds: where more was refunded than we know of, Stripe is asked.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn charge(
    tx: &DatabaseTransaction,
    source: Source,
    charge: &RefundedCharge,
) -> anyhow::Result<Applied> {
    let Some(payment) = charge.payment_intent.as_deref() else {
        return Ok(Applied::nothing(NO_PAYMENT));
    };
    let (account, now) = (source.stripe_account_id, source.now);
    let Some(row) = paid::lock_by_payment(tx, (account, source.platform), payment).await? else {
        refunds::insert_charge(tx, account, &charge.id, payment, now).await?;
        return Ok(Applied::nothing(NOT_KNOWN));
    };
    let number = row.paid().number();
    if charge.amount_refunded == Some(row.refunded_cents()) {
        let known = format!("the refunds of purchase {number} are known");
        return Ok(Applied::nothing(known));
    }
    paid::look_at(tx, row.paid(), now).await?;
    let mut applied = Applied::nothing(format!("Stripe is asked about purchase {number}"));
    applied.follow_ups.add(sums::check_job(row.paid(), now));
    Ok(applied)
}

/// Lets everything follow from what was heard.
async fn settled(
    tx: &DatabaseTransaction,
    source: Source,
    row: paid::PaidRow,
    outcome: String,
    scope: store::Scope,
) -> anyhow::Result<Applied> {
    // `look_at` may have changed it.
    let row = paid::lock(tx, row.paid()).await?.unwrap_or(row);
    let follow_ups = sums::settle(tx, row, source.now).await?;
    Ok(Applied {
        follow_ups,
        changed: Some(scope),
        ..Applied::nothing(outcome)
    })
}

async fn keep_refund(
    tx: &DatabaseTransaction,
    source: Source,
    told: &refunds::Told<'_>,
) -> anyhow::Result<()> {
    let account = source.stripe_account_id;
    match without_purchase::one::<refund::Entity>(tx, account, told.id).await? {
        Some(kept) => {
            let after = kept.status.after(told.status);
            refunds::set_status(tx, kept.id, after, told.failure).await?;
        }
        None => refunds::insert_told(tx, account, None, told).await?,
    }
    Ok(())
}

async fn keep_dispute(
    tx: &DatabaseTransaction,
    source: Source,
    told: &disputes::Told<'_>,
) -> anyhow::Result<()> {
    let account = source.stripe_account_id;
    match without_purchase::one::<dispute::Entity>(tx, account, told.id).await? {
        Some(kept) => {
            let after = kept.status.after(told.status);
            disputes::set_status(tx, kept.id, after, told.amount).await?;
        }
        None => disputes::insert(tx, account, None, told).await?,
    }
    Ok(())
}
