//! Whether everybody who opens a site's console needs a second factor.

use domain::account::SiteKind;
use store::{
    audit_log::{self, Change, Field},
    entities::user,
    second_factors,
    sites::{self, Site},
};

use crate::Engine;

/// Whether `member` may not open the site's console before they have a second factor.
///
/// # Errors
/// If the database fails.
pub async fn is_missing(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
) -> anyhow::Result<bool> {
    if !site.row.second_factor_required || !member.rights().any() {
        return Ok(false);
    }
    Ok(!second_factors::is_on(engine.db.reader(), member.id).await?)
}

/// Sets whether the site requires it; `admin`, who runs the site, does so.
///
/// # Errors
/// If the database fails.
pub async fn require(
    engine: &Engine,
    site: &Site,
    admin: &user::Model,
    required: bool,
) -> anyhow::Result<()> {
    let words = |required| Some(if required { "required" } else { "optional" }.to_owned());
    let tx = engine.db.begin().await?;
    let Some(before) = sites::lock(&tx, site.id()).await? else {
        return Ok(());
    };
    sites::set_second_factor_required(&tx, site.id(), required).await?;
    let change = Change {
        site_id: (site.kind() == SiteKind::Tenant).then(|| site.id()),
        actor: Some(admin),
        subject: "Settings",
        now: engine.now(),
    };
    let field = Field {
        name: "Second factor for the console",
        old: words(before.second_factor_required),
        new: words(required),
    };
    audit_log::write(&tx, &change, [field]).await?;
    Ok(tx.commit().await?)
}
