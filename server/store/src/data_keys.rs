//! Keys that outlive `APP_SECRET`, each sealed under it.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set,
    sea_query::Expr,
};

use super::entities::{
    data_key::{ActiveModel, Column, Entity},
    user,
};
use crate::{MemberId, Timestamp, Write};

/// The sealed key of this name.
pub async fn find(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>, DbErr> {
    let row = Entity::find_by_id(name).one(db).await?;
    Ok(row.map(|row| row.sealed_key))
}

/// Stores the first key of this name; one that is there stays.
pub async fn insert(
    db: &impl Write,
    name: &str,
    sealed_key: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        name: Set(name.to_owned()),
        sealed_key: Set(sealed_key),
        created_at: Set(now),
    };
    Entity::insert(row)
        .on_conflict_do_nothing_on([Column::Name])
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Stores another key instead of one that nobody can open any more, unless it changed meanwhile.
pub async fn replace(
    db: &impl Write,
    name: &str,
    lost: &str,
    sealed_key: String,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::SealedKey, Expr::value(sealed_key))
        .filter(Column::Name.eq(name))
        .filter(Column::SealedKey.eq(lost))
        .exec(db)
        .await
        .map(|_| ())
}

/// Whether there are members, of whom something may be stored under the first key.
pub async fn has_members(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let first: Option<MemberId> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(first.is_some())
}
