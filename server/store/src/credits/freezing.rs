//! Credits that may not be issued for now, because a refund or a dispute of their purchase is not
//! decided (`docs/rules.md` 122).

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{holds, reversals::not_asked_for};
use crate::{
    CreditId, Timestamp, Write,
    entities::credit::{Column, Entity, Model},
};

/// Freezes a credit that Stripe does not have, also one that failed and may be tried again; `false` if a job
/// has asked Stripe for it meanwhile. A job that has claimed it can no longer ask.
pub async fn freeze(db: &impl Write, id: CreditId, now: Timestamp) -> Result<bool, DbErr> {
    let frozen = Entity::update_many()
        .col_expr(Column::FrozenAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(not_asked_for())
        .filter(Column::FrozenAt.is_null())
        .exec(db)
        .await?;
    Ok(frozen.rows_affected > 0)
}

/// Lets a frozen credit be issued. The clock of its hold stood still meanwhile.
pub async fn unfreeze(db: &impl Write, credit: &Model, now: Timestamp) -> Result<(), DbErr> {
    let Some(since) = credit.frozen_at else {
        return Ok(());
    };
    Entity::update_many()
        .col_expr(Column::FrozenAt, Expr::value(None::<Timestamp>))
        .filter(Column::Id.eq(credit.id))
        .exec(db)
        .await?;
    holds::extend(db, credit.id, now - since).await
}
