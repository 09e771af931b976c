//! A member's referral code and link, and the click that brings a visitor.

use domain::{
    account::SiteKind,
    referral::{AttributionModel, ReferralCode, channel_in, codes_in_links},
    sharing::{CatalogPage, Channel},
};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use store::{
    Reader, SiteId, Timestamp, entities::user, platform_referrers, platform_settings, sites::Site,
    users,
};

use crate::Engine;

/// The referral code that a visitor came with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralClick {
    /// The code, or what the visitor sent in its place.
    #[serde(rename = "c")]
    pub code: String,
    /// When the link was clicked, in milliseconds UTC; `None` if unknown.
    #[serde(rename = "t")]
    pub clicked_at: Option<Timestamp>,
    /// On which channel the link came; `None` where none was clicked.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Channel>,
}

impl ReferralClick {
    /// What a visitor typed or pasted without clicking a link. A link that was pasted tells its channel.
    pub fn typed(text: &str) -> Self {
        Self {
            code: text.to_owned(),
            clicked_at: None,
            via: (!codes_in_links(text).is_empty()).then(|| channel_in(text)),
        }
    }
}

/// Whose code is meant by one of `codes` (`docs/rules.md` 178): the only member of the site who has one of them and is
/// not blocked. `None` if there is none, or several.
pub async fn owner_of(
    db: &Reader,
    site_id: SiteId,
    codes: &[ReferralCode],
) -> Result<Option<user::Model>, DbErr> {
    let mut owners = users::with_codes(db, site_id, codes).await?;
    owners.retain(|owner| owner.blocked_at.is_none());
    let owner = owners.pop();
    Ok(owner.filter(|_| owners.is_empty()))
}

/// Whether the code counts on this site (`docs/rules.md` 4): on a tenant's site it is a member's who is neither blocked
/// nor deleted, on a brand's a platform referrer's who is not disabled.
pub async fn counts(db: &Reader, site: &Site, code: &ReferralCode) -> Result<bool, DbErr> {
    Ok(match site.kind() {
        SiteKind::Tenant => users::by_referral_code(db, site.id(), code)
            .await?
            .is_some(),
        SiteKind::Platform => platform_referrers::by_code(db, code)
            .await?
            .is_some_and(|referrer| referrer.disabled_at.is_none()),
    })
}

/// Whether the code of a click counts still: its owner may be blocked, deleted or disabled since.
pub async fn still_counts(db: &Reader, site: &Site, click: &ReferralClick) -> Result<bool, DbErr> {
    match ReferralCode::parse(&click.code) {
        Some(code) => counts(db, site, &code).await,
        None => Ok(false),
    }
}

/// Which of several links counts on this site (`docs/rules.md` 180).
pub async fn attribution_model(db: &Reader, site: &Site) -> Result<AttributionModel, DbErr> {
    Ok(match site.kind() {
        SiteKind::Tenant => *site.settings.attribution_model,
        SiteKind::Platform => *platform_settings::get(db).await?.attribution_model,
    })
}

/// The member's own code. It is drawn when it is first requested (`docs/rules.md` 1) and never
/// changes. `None` if the member has none and the program is off.
pub async fn code_of(
    engine: &Engine,
    site: &Site,
    user: &user::Model,
) -> anyhow::Result<Option<String>> {
    if user.referral_code.is_some() || !site.tenant_credit().is_positive() {
        return Ok(user.referral_code.clone());
    }
    let db = engine.db.reader();
    while !users::give_code(
        &engine.db,
        site.id(),
        user.id,
        &engine.random.referral_code(),
    )
    .await?
    {}
    let user = users::by_id(db, site.id(), user.id).await?;
    Ok(user.and_then(|user| user.referral_code))
}

/// A member's link (`docs/rules.md` 3): `https://detroitarms.com?ref=ab3kx7mn`.
pub fn link(base_url: &str, code: &str) -> String {
    format!("{base_url}?ref={code}")
}

/// A member's link to a page of the catalog: `https://detroitarms.com/events?ref=ab3kx7mn`.
pub fn link_to(base_url: &str, page: CatalogPage<'_>, code: &str) -> String {
    format!("{base_url}{}?ref={code}", page.path())
}
