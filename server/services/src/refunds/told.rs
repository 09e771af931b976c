//! Takes what Stripe says of one refund or dispute of a purchase. Said twice, late or in any order, it ends
//! in the same rows.

use domain::refund::{DisputeStatus, RefundStatus};
use sea_orm::DatabaseTransaction;
use store::{
    StripeAccountId, Timestamp, disputes,
    entities::{dispute, refund},
    paid::PaidRow,
    refunds::{self, Told},
    without_purchase,
};
use stripe_gateway::{Dispute, Refund};

/// What became of what Stripe said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<Status> {
    /// The state of the row now.
    Is(Status),
    /// Its state is one that we do not know: it has to be looked at later.
    Unreadable,
}

/// A refund as the table keeps it; `None` if its state cannot be read.
pub fn refund_told<'a>(refund: &'a Refund, now: Timestamp) -> Option<Told<'a>> {
    Some(Told {
        id: &refund.id,
        amount: refund.amount_cents,
        currency: &refund.currency,
        payment_intent: refund.payment_intent.as_deref(),
        status: RefundStatus::of_stripe(refund.status.as_deref())?,
        failure: refund.failure_reason.as_deref(),
        made_at: at(refund.created, now),
    })
}

/// A dispute as the table keeps it; `None` if its state cannot be read.
pub fn dispute_told<'a>(dispute: &'a Dispute, now: Timestamp) -> Option<disputes::Told<'a>> {
    Some(disputes::Told {
        id: &dispute.id,
        amount: dispute.amount_cents,
        currency: &dispute.currency,
        payment_intent: dispute.payment_intent.as_deref(),
        status: DisputeStatus::of_stripe(dispute.status.as_deref())?,
        reason: dispute.reason.as_deref(),
        opened_at: at(dispute.created, now),
    })
}

fn at(created: Option<i64>, now: Timestamp) -> Timestamp {
    let millis = created.and_then(|seconds| seconds.checked_mul(1_000));
    let at = millis.and_then(Timestamp::from_millis);
    at.map_or(now, |at| at.min(now))
}

/// Writes what Stripe says of a refund of this purchase, whose lock the caller holds. A refund of ours is
/// known by its token before its id is.
///
/// # Errors
/// If the database fails.
pub async fn refund(
    tx: &DatabaseTransaction,
    account: StripeAccountId,
    row: &PaidRow,
    refund: &Refund,
    now: Timestamp,
) -> anyhow::Result<Heard<RefundStatus>> {
    let Some(told) = refund_told(refund, now) else {
        return Ok(Heard::Unreadable);
    };
    let paid = row.paid();
    let known = refunds::of_purchase(tx, paid).await?;
    let ours = |one: &refund::Model| {
        let token = one.token.is_some() && one.token == refund.token;
        token && one.stripe_id.is_none()
    };
    let same = |one: &refund::Model| one.stripe_id.as_deref() == Some(told.id);
    let found = known.iter().find(|one| same(one));
    let found = found.or_else(|| known.iter().find(|one| ours(one)));
    let mut kept = None;
    if found.is_none() {
        kept = without_purchase::one::<refund::Entity>(tx, account, told.id).await?;
    }
    if let Some(kept) = &kept {
        refunds::give(tx, kept, paid).await?;
    }
    // What was kept without an amount, to be looked at, is gone now.
    let kept = kept.filter(|kept| !kept.currency.is_empty());
    let Some(found) = found.or(kept.as_ref()) else {
        refunds::insert_told(tx, account, Some(paid), &told).await?;
        return Ok(Heard::Is(told.status));
    };
    if found.stripe_id.is_none() {
        refunds::set_stripe_id(tx, found.id, told.id, told.payment_intent).await?;
    }
    if found.amount_cents != told.amount {
        tracing::error!(
            refund = told.id,
            asked = found.amount_cents,
            told = told.amount,
            "Stripe refunded another amount"
        );
        refunds::set_amount(tx, found.id, told.amount, told.currency).await?;
    }
    let after = found.status.after(told.status);
    if after != *found.status {
        refunds::set_status(tx, found.id, after, told.failure).await?;
    }
    Ok(Heard::Is(after))
}

/// Writes what Stripe says of a dispute of this purchase, whose lock the caller holds.
///
/// # Errors
/// If the database fails.
pub async fn dispute(
    tx: &DatabaseTransaction,
    account: StripeAccountId,
    row: &PaidRow,
    dispute: &Dispute,
    now: Timestamp,
) -> anyhow::Result<Heard<DisputeStatus>> {
    let Some(told) = dispute_told(dispute, now) else {
        return Ok(Heard::Unreadable);
    };
    let paid = row.paid();
    let known = disputes::of_purchase(tx, paid).await?;
    let found = known.iter().find(|one| one.stripe_id == told.id);
    let mut kept = None;
    if found.is_none() {
        kept = without_purchase::one::<dispute::Entity>(tx, account, told.id).await?;
    }
    if let Some(kept) = &kept {
        without_purchase::give::<dispute::Entity>(tx, kept.id, told.id, paid).await?;
    }
    let Some(found) = found.or(kept.as_ref()) else {
        disputes::insert(tx, account, Some(paid), &told).await?;
        return Ok(Heard::Is(told.status));
    };
    let after = found.status.after(told.status);
    if after != *found.status {
        disputes::set_status(tx, found.id, after, told.amount).await?;
    }
    Ok(Heard::Is(after))
}
