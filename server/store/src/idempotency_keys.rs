//! Idempotency keys of the mobile API: one call at a time claims a key and stores its response.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set, TryInsertResult,
    sea_query::Expr,
};

use super::entities::idempotency_key::{ActiveModel, Column, Entity, Model};
use crate::{Timestamp, Write};

/// Inserts a new, claimed key; `false` if it exists.
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

pub async fn find(db: &impl ConnectionTrait, key_hash: &str) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(key_hash).one(db).await
}

/// Claims a key until `until` whose call never ended; `false` if another call claimed it first.
pub async fn claim_again(db: &impl Write, key: &Model, until: Timestamp) -> Result<bool, DbErr> {
    let claimed = Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(claim(&key.key_hash, key.claimed_until))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected > 0)
}

/// Stores the response of the call that claimed the key until `claimed_until`.
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

/// Ends the claim of a call that ended at `now` without a response to store; `claimed_until`
/// identifies the call.
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

/// Deletes the key, because the call that claimed it until `claimed_until` changed nothing and may
/// be repeated.
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

/// Deletes expired keys: all of them, or one.
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

/// Matches a key only while this claim holds it and no response is stored.
fn claim(key_hash: &str, claimed_until: Timestamp) -> Condition {
    Condition::all()
        .add(Column::KeyHash.eq(key_hash))
        .add(Column::ClaimedUntil.eq(claimed_until))
        .add(Column::SealedAnswer.is_null())
}

/// Deletes every key and its stored response.
pub async fn delete_all(db: &impl Write) -> Result<(), DbErr> {
    Entity::delete_many().exec(db).await.map(|_| ())
}
