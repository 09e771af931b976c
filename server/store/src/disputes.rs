//! Disputes and inquiries, as Stripe has them. Unique indexes keep each to one row for a purchase.

use domain::refund::DisputeStatus;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    Set, sea_query::Expr,
};

use crate::{
    DisputeId, Paid, StripeAccountId, Timestamp, Write,
    entities::dispute::{ActiveModel, Column, Entity, Model},
};

/// The condition of the partial index, written out, because SQLite uses it only so.
const WITHOUT: &str = "purchase_id IS NULL AND platform_purchase_id IS NULL";
/// A purchase has this payment: one look into an index for each row.
const IS_OURS: &str = "(EXISTS (SELECT 1 FROM purchases WHERE purchases.payment_intent_id = \
    disputes.payment_intent_id) OR EXISTS (SELECT 1 FROM platform_purchases WHERE \
    platform_purchases.payment_intent_id = disputes.payment_intent_id))";

/// A dispute as Stripe told it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// `dp_…` or `du_…`.
    pub id: &'a str,
    /// In the smallest units of `currency`.
    pub amount: i64,
    /// Stripe's code.
    pub currency: &'a str,
    /// `pi_…`.
    pub payment_intent: Option<&'a str>,
    pub status: DisputeStatus,
    /// Stripe's code.
    pub reason: Option<&'a str>,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// Adds a dispute of a purchase whose lock the caller holds, or of a payment that is not known.
pub async fn insert(
    db: &impl Write,
    account: StripeAccountId,
    paid: Option<Paid>,
    told: &Told<'_>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        stripe_account_id: Set(account),
        stripe_id: Set(told.id.to_owned()),
        purchase_id: Set(paid.and_then(Paid::purchase_id)),
        platform_purchase_id: Set(paid.and_then(Paid::platform_purchase_id)),
        payment_intent_id: Set(told.payment_intent.map(str::to_owned)),
        amount_cents: Set(told.amount),
        currency: Set(told.currency.to_owned()),
        status: Set(told.status.into()),
        reason: Set(told.reason.map(str::to_owned)),
        created_at: Set(told.opened_at),
        ..Default::default()
    };
    Entity::insert(row)
        .on_conflict_do_nothing_on([Column::StripeAccountId, Column::StripeId])
        .exec(db)
        .await
        .map(|_| ())
}

/// The disputes of a purchase, oldest first.
pub async fn of_purchase(db: &impl ConnectionTrait, paid: Paid) -> Result<Vec<Model>, DbErr> {
    of(paid).order_by_asc(Column::Id).all(db).await
}

fn of(paid: Paid) -> Select<Entity> {
    let its = match paid {
        Paid::Tenant(id) => Column::PurchaseId.eq(id),
        Paid::Platform(id) => Column::PlatformPurchaseId.eq(id),
    };
    Entity::find().filter(its)
}

/// Stores what became of a dispute.
pub async fn set_status(
    db: &impl Write,
    id: DisputeId,
    status: DisputeStatus,
    amount: i64,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status.code()))
        .col_expr(Column::AmountCents, Expr::value(amount))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

fn without() -> Select<Entity> {
    Entity::find().filter(Expr::cust(WITHOUT))
}

/// The account's dispute with this id, if its payment is not known.
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

/// The disputes that are kept of this payment (`pi_…`).
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

/// Gives the dispute to its purchase, whose lock the caller holds; or deletes it, if the purchase has it
/// from another endpoint.
pub async fn give(db: &impl Write, kept: &Model, paid: Paid) -> Result<(), DbErr> {
    let same = of(paid).filter(Column::StripeId.eq(kept.stripe_id.as_str()));
    if same.one(db).await?.is_some() {
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

/// Disputes whose payment became known to be ours since they were kept.
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
