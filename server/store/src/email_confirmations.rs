//! Links that prove that an e-mail address is a member's. The table stores only a hash of the link's
//! token, so that a reader of the table cannot use the link.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::entities::{
    email_confirmation::{ActiveModel, Column, Entity, Model},
    user,
};
use crate::{EmailConfirmationId, MemberId, SiteId, Timestamp, Write};

/// Stores the member's link, instead of an earlier one.
pub async fn put(
    db: &impl Write,
    member: &user::Model,
    email: &str,
    token_hash: String,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    end_of(db, member.id).await?;
    let row = ActiveModel {
        site_id: Set(member.site_id),
        user_id: Set(member.id),
        email: Set(email.to_owned()),
        token_hash: Set(token_hash),
        requested_at: Set(now),
        expires_at: Set(expires_at),
        ..Default::default()
    };
    Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The member's link, if it works at `now`.
pub async fn of_member(
    db: &impl ConnectionTrait,
    user_id: MemberId,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::ExpiresAt.gt(now))
        .one(db)
        .await
}

/// The site's link with this token, if it works at `now`.
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
pub async fn end(db: &impl Write, id: EmailConfirmationId) -> Result<bool, DbErr> {
    let ended = Entity::delete_by_id(id).exec(db).await?;
    Ok(ended.rows_affected > 0)
}

/// Ends the member's link.
pub async fn end_of(db: &impl Write, user_id: MemberId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::UserId.eq(user_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Deletes links that do not work any more.
pub async fn sweep(db: &impl Write, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .exec(db)
        .await
        .map(|_| ())
}

pub async fn delete_all(db: &impl Write) -> Result<(), DbErr> {
    Entity::delete_many().exec(db).await.map(|_| ())
}
