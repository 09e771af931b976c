//! Requests for a link that signs a platform referrer in; what they share with other links is in
//! `mailed_links`.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};

use super::entities::referrer_link::{ActiveModel, Entity, Model};
use crate::{ReferrerLinkId, SiteId, Timestamp, Write};

/// Records a request, whether or not anybody has the address.
pub async fn insert(
    db: &impl Write,
    site_id: SiteId,
    email_account: String,
    now: Timestamp,
) -> Result<ReferrerLinkId, DbErr> {
    let row = ActiveModel {
        site_id: Set(site_id),
        email_account: Set(email_account),
        requested_at: Set(now),
        ..Default::default()
    };
    let row = Entity::insert(row).exec_with_returning(db).await?;
    Ok(row.id)
}

pub async fn by_id(db: &impl ConnectionTrait, id: ReferrerLinkId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}
