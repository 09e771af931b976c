//! What a platform referrer sees of their referrals.

use domain::{credit::CreditState, money::Money};
use store::{
    credits::{self, ByStaff},
    entities::{platform_referral, platform_referrer::Model, site},
    platform_referrals, sites,
    stripe_customers::HolderId,
};

use crate::{
    Engine,
    stripe_customers::balance::{self, LastKnown},
};

/// The most referrals that the page lists.
pub const SHOWN: u64 = 200;

/// The page of one platform referrer.
pub struct OwnPage {
    /// Each brand with its host.
    pub brands: Vec<(site::Model, String)>,
    /// Newest first, at most [`SHOWN`].
    pub referrals: Vec<platform_referral::Model>,
    /// What all referrals earned, in each currency, without what was taken back.
    pub earned: Vec<Money>,
    /// What staff gave and took by hand and Stripe has, newest first, at most [`SHOWN`].
    pub by_staff: Vec<ByStaff>,
    /// The balance at the platform's Stripe account; `None` while unknown.
    pub balance: Option<LastKnown>,
}

/// Reads the page.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of(engine: &Engine, referrer: &Model) -> anyhow::Result<OwnPage> {
    let db = engine.db.reader();
    Ok(OwnPage {
        brands: brands(engine).await?,
        referrals: platform_referrals::of_referrer(db, referrer.id, SHOWN).await?,
        earned: platform_referrals::earned(db, referrer.id).await?,
        by_staff: by_staff(engine, referrer).await?,
        balance: balance::of_platform_referrer(engine, referrer.id).await?,
    })
}

async fn by_staff(engine: &Engine, referrer: &Model) -> anyhow::Result<Vec<ByStaff>> {
    let holder = HolderId::PlatformReferrer(referrer.id);
    let mut changes = credits::by_staff(engine.db.reader(), holder, SHOWN).await?;
    changes.retain(|change| change.row.state == CreditState::Issued);
    Ok(changes)
}

/// Each brand with its host: PewPros first, the others in the order of their keys.
///
/// # Errors
/// If the database fails.
pub async fn brands(engine: &Engine) -> anyhow::Result<Vec<(site::Model, String)>> {
    let mut brands = sites::brands(engine.db.reader()).await?;
    brands.sort_by_key(|(site, _)| (site.key != "pewpros", site.key.clone()));
    Ok(brands)
}
