//! What a site says of itself: name, looks, time zone, address, hours and support address.

use domain::site_profile::Profile;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set, sea_query::OnConflict,
};
use server_core::zone::Zone;

use super::entities::{site, site_logo};
use crate::{SiteId, Write};

/// Changes what the site says of itself; `false` if the row no longer has `version`, because
/// somebody else saved meanwhile.
pub async fn save(
    db: &impl Write,
    site_id: SiteId,
    version: i64,
    profile: &Profile,
    zone: Zone,
) -> Result<bool, DbErr> {
    let row = site::ActiveModel {
        name: Set(profile.name.clone()),
        tagline: Set(profile.tagline.clone()),
        accent: Set(profile.accent.map(Into::into)),
        time_zone: Set(zone.into()),
        postal_address: Set(profile.postal_address.clone()),
        opening_hours: Set(profile.opening_hours.clone()),
        support_email: Set(profile.support_email.clone()),
        profile_version: Set(version + 1),
        ..Default::default()
    };
    let saved = site::Entity::update_many()
        .set(row)
        .filter(site::Column::Id.eq(site_id))
        .filter(site::Column::ProfileVersion.eq(version))
        .exec(db)
        .await?;
    Ok(saved.rows_affected > 0)
}

/// The logo of a site.
pub async fn logo(
    db: &impl ConnectionTrait,
    site_id: SiteId,
) -> Result<Option<site_logo::Model>, DbErr> {
    site_logo::Entity::find_by_id(site_id).one(db).await
}

/// Sets the logo of a site, with the SHA-256 of its file in hexadecimal.
pub async fn set_logo(db: &impl Write, logo: site_logo::Model, hash: &str) -> Result<(), DbErr> {
    let site_id = logo.site_id;
    site_logo::Entity::insert(site_logo::ActiveModel::from(logo))
        .on_conflict(
            OnConflict::column(site_logo::Column::SiteId)
                .update_columns([site_logo::Column::MediaType, site_logo::Column::Content])
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    set_hash(db, site_id, Some(hash.to_owned())).await
}

/// Removes the logo of a site.
pub async fn remove_logo(db: &impl Write, site_id: SiteId) -> Result<(), DbErr> {
    site_logo::Entity::delete_by_id(site_id).exec(db).await?;
    set_hash(db, site_id, None).await
}

async fn set_hash(db: &impl Write, site_id: SiteId, hash: Option<String>) -> Result<(), DbErr> {
    site::Entity::update(site::ActiveModel {
        id: Set(site_id),
        logo_hash: Set(hash),
        ..Default::default()
    })
    .exec(db)
    .await
    .map(|_| ())
}
