//! The coupons of ended sessions, which are deleted at Stripe.

use domain::purchase::SessionState;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use crate::{
    CheckoutSessionId, Write,
    entities::checkout_session::{Column, Entity, Model},
};

/// Ended sessions whose coupon still exists at Stripe, the oldest first.
pub async fn with_coupons_left(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Model>, DbErr> {
    let ended = [
        SessionState::Complete,
        SessionState::Expired,
        SessionState::Refused,
    ];
    Entity::find()
        .filter(Column::Coupon.is_not_null())
        .filter(Column::State.is_in(ended.map(SessionState::code)))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Records that the session's coupon no longer exists at Stripe.
pub async fn coupon_deleted(db: &impl Write, id: CheckoutSessionId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Coupon, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}
