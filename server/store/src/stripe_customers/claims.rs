//! Claims on a customer's balance, so that one purchase at a time reads it and debits it.

use domain::credit::MAX_CLOCK_SKEW;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, sea_query::Expr};
use time::Duration;

use crate::{
    StripeCustomerRowId, Timestamp, Write,
    entities::stripe_customer::{Column, Entity},
};

/// Claims the balance for the request with this random `token` for the time of `lease`; `false` if
/// another request holds it. If a request dies, its claim ends with the lease.
pub async fn claim(
    db: &impl Write,
    id: StripeCustomerRowId,
    token: &str,
    now: Timestamp,
    lease: Duration,
) -> Result<bool, DbErr> {
    // A claim that ends later than a lease can means that the clock was set back since.
    let free = Condition::any()
        .add(Column::ClaimedUntil.is_null())
        .add(Column::ClaimedUntil.lte(now))
        .add(Column::ClaimedUntil.gt(now + (lease + MAX_CLOCK_SKEW)));
    let claimed = Entity::update_many()
        .col_expr(Column::ClaimToken, Expr::value(token))
        .col_expr(Column::ClaimedUntil, Expr::value(now + lease))
        .filter(Column::Id.eq(id))
        .filter(free)
        .exec(db)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Whether the request with this token still holds the balance. Locks the row until the transaction
/// ends.
pub async fn holds(
    db: &impl Write,
    id: StripeCustomerRowId,
    token: &str,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let held = Entity::update_many()
        .col_expr(Column::ClaimToken, Expr::value(token))
        .filter(Column::Id.eq(id))
        .filter(Column::ClaimToken.eq(token))
        .filter(Column::ClaimedUntil.gt(now))
        .exec(db)
        .await?;
    Ok(held.rows_affected == 1)
}

/// Lets other requests claim the balance.
pub async fn release(db: &impl Write, id: StripeCustomerRowId, token: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ClaimToken, Expr::value(Option::<String>::None))
        .col_expr(Column::ClaimedUntil, Expr::value(Option::<Timestamp>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::ClaimToken.eq(token))
        .exec(db)
        .await
        .map(|_| ())
}
