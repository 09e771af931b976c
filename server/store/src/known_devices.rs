//! Browsers and phones in which a member signed in before.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set, sea_query::OnConflict,
};

use super::entities::known_device::{ActiveModel, Column, Entity, Model};
use crate::{KnownDeviceId, MemberId, Timestamp, Write};

/// The member's device with this token, if the member signed in there since `since`.
pub async fn find(
    db: &impl ConnectionTrait,
    user_id: MemberId,
    token_hash: &str,
    since: Timestamp,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::LastUsedAt.gte(since))
        .one(db)
        .await
}

/// The browsers and phones in which the member signed in, the last used first. There are few.
pub async fn of_member(db: &impl ConnectionTrait, user_id: MemberId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// Whether somebody signed in with the device that has this token.
pub async fn is_known(db: &impl ConnectionTrait, token_hash: &str) -> Result<bool, DbErr> {
    let found = Entity::find().filter(Column::TokenHash.eq(token_hash));
    Ok(found.count(db).await? > 0)
}

/// Whether two members of a site signed in with one device.
///
/// # Errors
/// If the database fails.
pub async fn is_shared(
    db: &impl ConnectionTrait,
    one: MemberId,
    other: MemberId,
) -> Result<bool, DbErr> {
    let others = Entity::find()
        .select_only()
        .column(Column::TokenHash)
        .filter(Column::UserId.eq(other))
        .into_query();
    let shared = Entity::find()
        .filter(Column::UserId.eq(one))
        .filter(Column::TokenHash.in_subquery(others));
    Ok(shared.limit(1).count(db).await? > 0)
}

/// Records that the member signed in with the device.
pub async fn put(
    db: &impl Write,
    user_id: MemberId,
    token_hash: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        user_id: Set(user_id),
        token_hash: Set(token_hash),
        last_used_at: Set(now),
        ..Default::default()
    };
    let known = OnConflict::columns([Column::UserId, Column::TokenHash])
        .update_column(Column::LastUsedAt)
        .to_owned();
    Entity::insert(row)
        .on_conflict(known)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Forgets all of the member's devices but the `most` last used.
pub async fn keep_newest(db: &impl Write, user_id: MemberId, most: u64) -> Result<(), DbErr> {
    let older: Vec<KnownDeviceId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::UserId.eq(user_id))
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::Id)
        .offset(most)
        // SQLite has no offset without a limit.
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    if older.is_empty() {
        return Ok(());
    }
    Entity::delete_many()
        .filter(Column::Id.is_in(older))
        .exec(db)
        .await
        .map(|_| ())
}

/// Forgets all of the member's devices.
pub async fn forget_of(db: &impl Write, user_id: MemberId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Forgets devices that were last used before `before`.
pub async fn sweep(db: &impl Write, before: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::LastUsedAt.lt(before))
        .exec(db)
        .await
        .map(|_| ())
}

pub async fn delete_all(db: &impl Write) -> Result<(), DbErr> {
    Entity::delete_many().exec(db).await.map(|_| ())
}
