//! Second factors of members.

use domain::account::UsedCodes;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, Set, sea_query::Expr,
};

use super::entities::second_factor::{ActiveModel, Column, Entity, Model};
use crate::{MemberId, Timestamp, Write, row_lock::RowLock};

/// Begins to set up a second factor, instead of one that was not confirmed.
pub async fn begin(
    db: &impl Write,
    user_id: MemberId,
    sealed_secret: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::ConfirmedAt.is_null())
        .exec(db)
        .await?;
    let row = ActiveModel {
        user_id: Set(user_id),
        sealed_secret: Set(sealed_secret),
        begun_at: Set(now),
        confirmed_at: Set(None),
        last_step: Set(0),
        used_codes: Set(UsedCodes::NONE.bits()),
        ..Default::default()
    };
    Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The member's second factor, confirmed or being set up.
pub async fn of(db: &impl ConnectionTrait, user_id: MemberId) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .one(db)
        .await
}

/// Whether the member has confirmed one.
pub async fn is_on(db: &impl ConnectionTrait, user_id: MemberId) -> Result<bool, DbErr> {
    let confirmed = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::ConfirmedAt.is_not_null());
    Ok(confirmed.count(db).await? > 0)
}

/// Like [`of`], locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, user_id: MemberId) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .locked()
        .one(tx)
        .await
}

/// Records that the member proved to have it, with the code of this step.
pub async fn confirm(
    db: &impl Write,
    factor: &Model,
    step: i64,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ConfirmedAt, Expr::value(now))
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::Id.eq(factor.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Records that the code of this step was used.
pub async fn set_last_step(db: &impl Write, factor: &Model, step: i64) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LastStep, Expr::value(step))
        .filter(Column::Id.eq(factor.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Records which recovery codes were used.
pub async fn set_used_codes(db: &impl Write, factor: &Model, used: UsedCodes) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UsedCodes, Expr::value(used.bits()))
        .filter(Column::Id.eq(factor.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Removes the member's second factor; `false` if there was none that was confirmed.
pub async fn remove(db: &impl Write, user_id: MemberId) -> Result<bool, DbErr> {
    let removed = Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::ConfirmedAt.is_not_null())
        .exec(db)
        .await?;
    Ok(removed.rows_affected > 0)
}

/// Deletes what was begun at `until` or before, and not confirmed.
pub async fn sweep(db: &impl Write, until: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ConfirmedAt.is_null())
        .filter(Column::BegunAt.lte(until))
        .exec(db)
        .await
        .map(|_| ())
}
