//! Customers at Stripe that still have a member's former address.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};

use crate::{
    MemberId, StripeCustomerRowId, Write,
    entities::{
        stripe_customer::{Column, Entity, Model},
        user,
    },
};

/// Records that the member's address changed, for each of their customers.
pub async fn set_email_due(db: &impl Write, user_id: MemberId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::EmailDue, Expr::value(true))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::CustomerId.is_not_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// The customers that have a former address, with rows after `after`, at most `limit`.
pub async fn email_due(
    db: &impl ConnectionTrait,
    after: StripeCustomerRowId,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Id.gt(after))
        .filter(Column::EmailDue.eq(true))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Records that the customer has the address `told`, unless the member has another one meanwhile.
pub async fn email_told(db: &impl Write, row: &Model, told: &str) -> Result<(), DbErr> {
    let current = Condition::any()
        .add(user::Column::BillingEmail.eq(told))
        .add(
            user::Column::BillingEmail
                .is_null()
                .and(user::Column::Email.eq(told)),
        );
    let holders = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(current)
        .into_query();
    Entity::update_many()
        .col_expr(Column::EmailDue, Expr::value(false))
        .filter(Column::Id.eq(row.id))
        .filter(Column::UserId.in_subquery(holders))
        .exec(db)
        .await
        .map(|_| ())
}
