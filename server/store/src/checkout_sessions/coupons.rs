//! The coupons of ended sessions, which are deleted at Stripe.

use domain::purchase::SessionState;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};

use crate::{
    CheckoutSessionId, StripeAccountId, Write,
    entities::checkout_session::{Column, Entity, Model},
};

/// Ended sessions whose coupon still exists at Stripe.
fn left() -> Condition {
    let ended = [
        SessionState::Complete,
        SessionState::Expired,
        SessionState::Refused,
    ];
    Condition::all()
        .add(Column::Coupon.is_not_null())
        .add(Column::State.is_in(ended.map(SessionState::code)))
}

/// The accounts at which an ended session's coupon still exists.
pub async fn accounts_with_coupons_left(
    db: &impl ConnectionTrait,
) -> Result<Vec<StripeAccountId>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::StripeAccountId)
        .distinct()
        .filter(left())
        .into_tuple()
        .all(db)
        .await
}

/// The account's ended sessions whose coupon still exists at Stripe, the oldest first.
pub async fn with_coupons_left(
    db: &impl ConnectionTrait,
    account: StripeAccountId,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::StripeAccountId.eq(account))
        .filter(left())
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Records that the session's coupon no longer exists at Stripe, or cannot be deleted there.
pub async fn coupon_deleted(db: &impl Write, id: CheckoutSessionId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Coupon, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}
