//! The terms and the privacy policy of a site. Each page needs to know which there are, but not their texts, so these
//! have a table of their own.

use domain::policy::Policy;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set, sea_query::OnConflict};

use super::entities::{site, site_policy};
use crate::{SiteId, Write};

/// The SHA-256 of the policy in hexadecimal; `None` if the site has none.
pub fn hash(site: &site::Model, policy: Policy) -> Option<&str> {
    match policy {
        Policy::Terms => site.terms_hash.as_deref(),
        Policy::Privacy => site.privacy_hash.as_deref(),
    }
}

/// The policy of a site, as it was typed.
pub async fn content(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    policy: Policy,
) -> Result<Option<String>, DbErr> {
    let row = site_policy::Entity::find_by_id((site_id, policy.code().to_owned()))
        .one(db)
        .await?;
    Ok(row.map(|row| row.content))
}

/// Sets the policy of a site, with the SHA-256 of its content in hexadecimal.
pub async fn set(
    db: &impl Write,
    site_id: SiteId,
    policy: Policy,
    content: String,
    hash: String,
) -> Result<(), DbErr> {
    let row = site_policy::ActiveModel {
        site_id: Set(site_id),
        policy: Set(policy.code().to_owned()),
        content: Set(content),
    };
    site_policy::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([site_policy::Column::SiteId, site_policy::Column::Policy])
                .update_column(site_policy::Column::Content)
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    set_hash(db, site_id, policy, Some(hash)).await
}

/// Removes the policy of a site.
pub async fn remove(db: &impl Write, site_id: SiteId, policy: Policy) -> Result<(), DbErr> {
    site_policy::Entity::delete_by_id((site_id, policy.code().to_owned()))
        .exec(db)
        .await?;
    set_hash(db, site_id, policy, None).await
}

async fn set_hash(
    db: &impl Write,
    site_id: SiteId,
    policy: Policy,
    hash: Option<String>,
) -> Result<(), DbErr> {
    let mut row = site::ActiveModel {
        id: Set(site_id),
        ..Default::default()
    };
    match policy {
        Policy::Terms => row.terms_hash = Set(hash),
        Policy::Privacy => row.privacy_hash = Set(hash),
    }
    site::Entity::update(row).exec(db).await.map(|_| ())
}
