//! Calls that may be repeated: each key is claimed by one call at a time, and keeps its answer.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set, TryInsertResult,
    sea_query::Expr,
};

use super::entities::idempotency_key::{ActiveModel, Column, Entity, Model};
use crate::Timestamp;
use crate::Write;

/// Writes a new key, claimed; `false` if it exists.
pub async fn insert(db: &impl Write, key: &Model) -> Result<bool, DbErr> {
    let row = ActiveModel {
        key_hash: Set(key.key_hash.clone()),
        fingerprint: Set(key.fingerprint.clone()),
        sealed_answer: Set(None),
        created_at: Set(key.created_at),
        claimed_until: Set(key.claimed_until),
        expires_at: Set(key.expires_at),
    };
    let inserted = Entity::insert(row)
        .on_conflict_do_nothing_on([Column::KeyHash])
        .exec_without_returning(db)
        .await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0))
}

/// The key.
pub async fn find(db: &impl ConnectionTrait, key_hash: &str) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(key_hash).one(db).await
}

/// Claims a key whose call never ended until `until`; `false` if somebody else was first.
pub async fn claim_again(db: &impl Write, key: &Model, until: Timestamp) -> Result<bool, DbErr> {
    let claimed = Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(claim(&key.key_hash, key.claimed_until))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected > 0)
}

/// Keeps the answer of the call that claimed the key until `claimed_until`.
pub async fn answer(
    db: &impl Write,
    key_hash: &str,
    claimed_until: Timestamp,
    sealed: String,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::SealedAnswer, Expr::value(sealed))
        .filter(claim(key_hash, claimed_until))
        .exec(db)
        .await
        .map(|_| ())
}

/// The call that claimed the key until `claimed_until` ended at `now` without an answer to keep.
pub async fn leave(
    db: &impl Write,
    key_hash: &str,
    claimed_until: Timestamp,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(now))
        .filter(claim(key_hash, claimed_until))
        .exec(db)
        .await
        .map(|_| ())
}

/// The call that claimed the key until `claimed_until` changed nothing: the key is free again.
pub async fn release(
    db: &impl Write,
    key_hash: &str,
    claimed_until: Timestamp,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(claim(key_hash, claimed_until))
        .exec(db)
        .await
        .map(|_| ())
}

/// Forgets what has expired: every key, or one.
pub async fn sweep(db: &impl Write, key_hash: Option<&str>, now: Timestamp) -> Result<(), DbErr> {
    let mut expired = Condition::all().add(Column::ExpiresAt.lte(now));
    if let Some(key_hash) = key_hash {
        expired = expired.add(Column::KeyHash.eq(key_hash));
    }
    Entity::delete_many()
        .filter(expired)
        .exec(db)
        .await
        .map(|_| ())
}

/// Still under way, and claimed by nobody else since.
fn claim(key_hash: &str, claimed_until: Timestamp) -> Condition {
    Condition::all()
        .add(Column::KeyHash.eq(key_hash))
        .add(Column::ClaimedUntil.eq(claimed_until))
        .add(Column::SealedAnswer.is_null())
}

/// Deletes every stored answer.
///
/// # Errors
/// If the database fails.
pub async fn delete_all(db: &impl Write) -> Result<(), DbErr> {
    Entity::delete_many().exec(db).await.map(|_| ())
}
