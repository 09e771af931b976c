//! Credits that may not be issued for now, because a refund or a dispute of their purchase is not
//! decided (`docs/rules.md` 122).

use domain::credit::CreditState;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::holds;
use crate::{
    CreditId, Timestamp, Write,
    entities::credit::{Column, Entity, Model},
};

/// Freezes a credit that Stripe does not have, also one that failed and may be tried again. One that Stripe was asked for is issued all the same: what Stripe has is to be
/// known first.
pub async fn freeze(db: &impl Write, id: CreditId, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::FrozenAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::State.ne(CreditState::Issued.code()))
        .filter(Column::FrozenAt.is_null())
        .exec(db)
        .await
        .map(|_| ())
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
