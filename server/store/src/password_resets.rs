//! Requests to reset a password. The table stores only a hash of the link's token, so that a reader
//! of the table cannot use the link.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait,
    QueryFilter, QuerySelect, Set, sea_query::Expr,
};

use super::entities::password_reset::{ActiveModel, Column, Entity, Model};
use crate::{MemberId, PasswordResetId, SiteId, Timestamp, Write};

/// Records a request, whether or not anybody has the address.
pub async fn insert(
    db: &impl Write,
    site_id: SiteId,
    email_account: String,
    base_url: &str,
    now: Timestamp,
) -> Result<PasswordResetId, DbErr> {
    let row = ActiveModel {
        site_id: Set(site_id),
        email_account: Set(email_account),
        base_url: Set(base_url.to_owned()),
        requested_at: Set(now),
        ..Default::default()
    };
    let row = Entity::insert(row).exec_with_returning(db).await?;
    Ok(row.id)
}

/// The request, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: PasswordResetId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// How many links of the member work at `now`.
pub async fn working(
    db: &impl ConnectionTrait,
    user_id: MemberId,
    now: Timestamp,
) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::ExpiresAt.gt(now))
        .count(db)
        .await
}

/// Records the link that is mailed.
pub async fn set_link(
    db: &impl Write,
    id: PasswordResetId,
    user_id: MemberId,
    token_hash: String,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UserId, Expr::value(user_id))
        .col_expr(Column::TokenHash, Expr::value(token_hash))
        .col_expr(Column::ExpiresAt, Expr::value(expires_at))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The request of the site whose link has this token and works at `now`.
pub async fn by_token(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::ExpiresAt.gt(now))
        .one(db)
        .await
}

/// Ends the link; `false` if it has ended before.
pub async fn end(db: &impl Write, id: PasswordResetId) -> Result<bool, DbErr> {
    let ended = Entity::delete_by_id(id).exec(db).await?;
    Ok(ended.rows_affected > 0)
}

/// Ends all links of the member.
pub async fn end_all(db: &impl Write, user_id: MemberId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Deletes requests from before `before`.
pub async fn sweep(db: &impl Write, before: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::RequestedAt.lt(before))
        .exec(db)
        .await
        .map(|_| ())
}

pub async fn delete_all(db: &impl Write) -> Result<(), DbErr> {
    Entity::delete_many().exec(db).await.map(|_| ())
}
