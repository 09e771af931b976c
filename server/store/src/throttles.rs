//! What is limited: attempts at passwords and codes, and mails that a member asks for. Counted for all
//! processes together.

use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Set, sea_query::Expr,
};

use super::entities::throttle::{ActiveModel, Column, Entity};
use crate::{Timestamp, Write, row_lock::RowLock};

/// Until when the attempts under this key are spaced: `now` if there were none. The row is locked
/// until the end of the transaction.
pub async fn lock(
    tx: &DatabaseTransaction,
    key_hash: &str,
    now: Timestamp,
) -> Result<Timestamp, DbErr> {
    let row = ActiveModel {
        key_hash: Set(key_hash.to_owned()),
        used_until: Set(now),
    };
    Entity::insert(row)
        .on_conflict_do_nothing_on([Column::KeyHash])
        .exec_without_returning(tx)
        .await?;
    let row = Entity::find_by_id(key_hash).locked().one(tx).await?;
    Ok(row.map_or(now, |row| row.used_until))
}

/// Records until when the attempts under a locked key are spaced.
pub async fn set(db: &impl Write, key_hash: &str, used_until: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UsedUntil, Expr::value(used_until))
        .filter(Column::KeyHash.eq(key_hash))
        .exec(db)
        .await
        .map(|_| ())
}

/// Forgets the attempts under this key.
pub async fn forget(db: &impl Write, key_hash: &str) -> Result<(), DbErr> {
    Entity::delete_by_id(key_hash).exec(db).await.map(|_| ())
}

/// Deletes what does not limit anything any more.
pub async fn sweep(db: &impl Write, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UsedUntil.lte(now))
        .exec(db)
        .await
        .map(|_| ())
}
