//! Refunds whose payment is not ours, or not known to be ours yet. They change nothing, and are kept for as
//! long as a payment may still become known.

use domain::refund::RefundStatus;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    Set, sea_query::Expr,
};

use super::{Told, row};
use crate::{
    Paid, StripeAccountId, Timestamp, Write,
    entities::refund::{ActiveModel, Column, Entity, Model},
};

/// The condition of the partial index, written out, because SQLite uses it only so.
const WITHOUT: &str = "purchase_id IS NULL AND platform_purchase_id IS NULL";

/// A purchase has this payment: one look into an index for each row.
const IS_OURS: &str = "(EXISTS (SELECT 1 FROM purchases WHERE purchases.payment_intent_id = \
    refunds.payment_intent_id) OR EXISTS (SELECT 1 FROM platform_purchases WHERE \
    platform_purchases.payment_intent_id = refunds.payment_intent_id))";

fn without() -> Select<Entity> {
    Entity::find().filter(Expr::cust(WITHOUT))
}

/// Adds a refund of a payment that is not known.
pub async fn insert_unknown(
    db: &impl Write,
    account: StripeAccountId,
    told: &Told<'_>,
) -> Result<(), DbErr> {
    super::insert_told(db, account, None, told).await
}

/// Keeps in mind that a charge (`ch_…`) of a payment that is not known was refunded, where Stripe did not
/// say by which refund.
pub async fn insert_charge(
    db: &impl Write,
    account: StripeAccountId,
    charge: &str,
    payment_intent: &str,
    now: Timestamp,
) -> Result<(), DbErr> {
    let new = ActiveModel {
        stripe_account_id: Set(account),
        stripe_id: Set(Some(charge.to_owned())),
        payment_intent_id: Set(Some(payment_intent.to_owned())),
        amount_cents: Set(0),
        currency: Set(String::new()),
        status: Set(RefundStatus::Requested.into()),
        ..row(now)
    };
    Entity::insert(new)
        .on_conflict_do_nothing_on([Column::StripeAccountId, Column::StripeId])
        .exec(db)
        .await
        .map(|_| ())
}

/// The account's refund with this id (`re_…`), if its payment is not known.
pub async fn one_unknown(
    db: &impl ConnectionTrait,
    account: StripeAccountId,
    stripe_id: &str,
) -> Result<Option<Model>, DbErr> {
    without()
        .filter(Column::StripeAccountId.eq(account))
        .filter(Column::StripeId.eq(stripe_id))
        .one(db)
        .await
}

/// What is kept of this payment (`pi_…`).
pub async fn of_payment(
    db: &impl ConnectionTrait,
    payment_intent: &str,
) -> Result<Vec<Model>, DbErr> {
    without()
        .filter(Column::PaymentIntentId.eq(payment_intent))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// Gives the refund to its purchase, whose lock the caller holds; or deletes it, if the purchase has it
/// from another endpoint, or if it is only a charge to look at.
pub async fn give(db: &impl Write, kept: &Model, paid: Paid) -> Result<(), DbErr> {
    let stripe_id = kept.stripe_id.as_deref().unwrap_or_default();
    let is_known = super::of(paid)
        .filter(Column::StripeId.eq(stripe_id))
        .one(db)
        .await?
        .is_some();
    if is_known || kept.currency.is_empty() {
        return Entity::delete_by_id(kept.id).exec(db).await.map(|_| ());
    }
    Entity::update_many()
        .col_expr(Column::PurchaseId, Expr::value(paid.purchase_id()))
        .col_expr(
            Column::PlatformPurchaseId,
            Expr::value(paid.platform_purchase_id()),
        )
        .filter(Column::Id.eq(kept.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Refunds whose payment became known to be ours since they were kept: one that was told while the
/// payment was being recorded.
pub async fn matched(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, DbErr> {
    without()
        .filter(Expr::cust(IS_OURS))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Deletes what is kept of payments that did not become known since `before`.
pub async fn sweep(db: &impl Write, before: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Expr::cust(WITHOUT))
        .filter(Column::CreatedAt.lt(before))
        .exec(db)
        .await
        .map(|_| ())
}
