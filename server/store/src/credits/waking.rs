//! Has what waits for Stripe tried again at once, since a key works again.

use domain::credit::{CreditKind, CreditState};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::attention::of;
use crate::{
    Scope, Timestamp, Write,
    entities::credit::{Column, Entity},
};

/// Makes due at `now` what of this scope waits for its next attempt: returns of credit, debits whose
/// outcome is unknown, and whatever else is never given up. What was earned has a bound of attempts,
/// and keeps its waits. The sweep finds the rows.
pub async fn wake(db: &impl Write, scope: Scope, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::NextAttemptAt, Expr::value(now))
        .filter(of(scope))
        .filter(Column::State.eq(CreditState::Due.code()))
        .filter(Column::Kind.ne(CreditKind::Earned.code()))
        .filter(Column::NextAttemptAt.gt(now))
        .exec(db)
        .await
        .map(|_| ())
}
