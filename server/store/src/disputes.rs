//! Disputes and inquiries, as Stripe has them. Unique indexes keep each to one row for a purchase.

use domain::refund::DisputeStatus;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set, sea_query::Expr,
};

use crate::{
    DisputeId, Paid, StripeAccountId, Timestamp, Write,
    entities::dispute::{ActiveModel, Column, Entity, Model},
    without_purchase::of,
};

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
    let its = of::<Entity>(paid).order_by_asc(Column::Id);
    its.all(db).await
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
