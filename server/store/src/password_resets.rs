//! Requests to reset a password; what their links share with others is in `mailed_links`.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set};

use super::entities::password_reset::{ActiveModel, Column, Entity};
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
