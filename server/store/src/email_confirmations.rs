//! Links that prove that an e-mail address is a member's; what they share with other links is in
//! `mailed_links`.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::{
    entities::{
        email_confirmation::{ActiveModel, Column, Entity, Model},
        user,
    },
    mailed_links,
};
use crate::{MemberId, Timestamp, Write};

/// Stores the member's link, instead of an earlier one.
pub async fn put(
    db: &impl Write,
    member: &user::Model,
    email: &str,
    token_hash: String,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    mailed_links::end_all::<Entity>(db, member.id).await?;
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
