//! The person to whom a stored customer belongs.

use sea_orm::DbErr;
use store::{
    entities::{platform_referrer, stripe_customer, user},
    platform_referrers,
    sites::{self, Site},
    stripe_accounts, users,
};

use crate::Engine;

/// The person to whom a row belongs.
pub enum Owner {
    Member(Box<(Site, user::Model)>),
    /// With the realm of the installation.
    PlatformReferrer(Box<(String, platform_referrer::Model)>),
}

/// `None` if the member or platform referrer no longer exists.
pub async fn owner_of(
    engine: &Engine,
    row: &stripe_customer::Model,
) -> Result<Option<Owner>, DbErr> {
    let db = engine.db.reader();
    if let Some(platform_referrer_id) = row.platform_referrer_id {
        let brands = sites::brands(db).await?;
        let referrer = platform_referrers::by_id(db, platform_referrer_id).await?;
        let realm = brands.into_iter().next().map(|(brand, _)| brand.realm);
        let owner = realm.zip(referrer).map(Box::new);
        return Ok(owner.map(Owner::PlatformReferrer));
    }
    let account = stripe_accounts::row(db, row.stripe_account_id).await?;
    let site_id = account.and_then(|account| account.site_id);
    let (Some(site_id), Some(user_id)) = (site_id, row.user_id) else {
        return Ok(None);
    };
    let site = sites::by_id(db, site_id).await?;
    let member = users::by_id(db, site_id, user_id).await?;
    Ok(site.zip(member).map(|owner| Owner::Member(Box::new(owner))))
}
