//! What Stripe knows of a member: the customer, and the balance as last read.

use domain::Money;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr,
};

use super::entities::user::{Column, Entity, Model};

/// The member with this id, on this site.
pub async fn member(
    db: &impl ConnectionTrait,
    site_id: i64,
    user_id: i64,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(user_id)
        .filter(Column::SiteId.eq(site_id))
        .one(db)
        .await
}

/// Remembers the member's customer of `account_id`; `false` if another was remembered since `member`
/// was read, which stays.
pub async fn set_customer(
    db: &impl ConnectionTrait,
    member: &Model,
    account_id: i64,
    customer_id: &str,
) -> Result<bool, DbErr> {
    let replaced = member.stripe_customer_id.as_deref();
    let ours = Condition::any()
        .add(Column::StripeCustomerId.is_null())
        .add(Column::StripeCustomerId.is_in([replaced, Some(customer_id)].into_iter().flatten()));
    let written = Entity::update_many()
        .col_expr(Column::StripeCustomerId, Expr::value(customer_id))
        .col_expr(Column::StripeCustomerAccountId, Expr::value(account_id))
        .filter(Column::Id.eq(member.id))
        .filter(ours)
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Remembers the customer that Checkout made, unless we know one of this account already.
pub async fn set_customer_if_unknown(
    db: &impl ConnectionTrait,
    user_id: i64,
    account_id: i64,
    customer_id: &str,
) -> Result<(), DbErr> {
    let unknown = Condition::any()
        .add(Column::StripeCustomerId.is_null())
        .add(Column::StripeCustomerAccountId.is_null())
        .add(Column::StripeCustomerAccountId.ne(account_id));
    Entity::update_many()
        .col_expr(Column::StripeCustomerId, Expr::value(customer_id))
        .col_expr(Column::StripeCustomerAccountId, Expr::value(account_id))
        .filter(Column::Id.eq(user_id))
        .filter(unknown)
        .exec(db)
        .await
        .map(|_| ())
}

/// The member's customer `customer_id` is no more. One that was remembered meanwhile stays.
pub async fn forget_customer(
    db: &impl ConnectionTrait,
    user_id: i64,
    customer_id: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(
            Column::StripeCustomerId,
            Expr::value(Option::<String>::None),
        )
        .col_expr(Column::BalanceReadAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::BalanceCents, Expr::value(Option::<i64>::None))
        .col_expr(Column::BalanceCurrency, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(user_id))
        .filter(Column::StripeCustomerId.eq(customer_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The next customer made for this member gets a key of its own.
pub async fn next_generation(
    db: &impl ConnectionTrait,
    user_id: i64,
    used: i64,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::StripeCustomerGeneration, Expr::value(used + 1))
        .filter(Column::Id.eq(user_id))
        .filter(Column::StripeCustomerGeneration.eq(used))
        .exec(db)
        .await
        .map(|_| ())
}

/// Remembers the credit on the balance, in the member's favour, as Stripe had it at `read_at`.
pub async fn set_balance(
    db: &impl ConnectionTrait,
    user_id: i64,
    balance: Money,
    read_at: i64,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::BalanceCents, Expr::value(balance.cents()))
        .col_expr(
            Column::BalanceCurrency,
            Expr::value(balance.currency().code()),
        )
        .col_expr(Column::BalanceReadAt, Expr::value(read_at))
        .filter(Column::Id.eq(user_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The balance has changed at Stripe: what we remember is old.
pub async fn forget_balance(db: &impl ConnectionTrait, user_id: i64) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::BalanceReadAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(user_id))
        .exec(db)
        .await
        .map(|_| ())
}
