//! Invitations to the staff; what their links share with others is in `mailed_links`.

use domain::account::{Email, Role};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};

use super::entities::invitation::{ActiveModel, Column, Entity, Model};
use crate::{InvitationId, MemberId, SiteId, Timestamp, Write};

/// An invitation to write down.
pub struct NewInvitation<'a> {
    pub site_id: SiteId,
    pub email: &'a Email,
    pub role: Role,
    pub token_hash: String,
    pub invited_by: MemberId,
    pub expires_at: Timestamp,
}

/// Writes it down, in place of an earlier one of the same address to the same role.
pub async fn put(db: &impl Write, new: NewInvitation<'_>, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::SiteId.eq(new.site_id))
        .filter(Column::EmailKey.eq(new.email.key()))
        .filter(Column::Role.eq(new.role.code()))
        .exec(db)
        .await?;
    let row = ActiveModel {
        site_id: Set(new.site_id),
        email: Set(new.email.as_str().to_owned()),
        email_key: Set(new.email.key()),
        role: Set(new.role.into()),
        token_hash: Set(new.token_hash),
        invited_by_user_id: Set(new.invited_by),
        invited_at: Set(now),
        expires_at: Set(new.expires_at),
        ..Default::default()
    };
    Entity::insert(row).exec(db).await.map(|_| ())
}

/// The invitations of the site that work at `now`, newest first.
pub async fn of(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    now: Timestamp,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ExpiresAt.gt(now))
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// The invitation of the site with this id.
pub async fn by_id(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    id: InvitationId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id)
        .filter(Column::SiteId.eq(site_id))
        .one(db)
        .await
}
