//! Sets whether a refund of a part takes its share of the credit back.

use store::{
    audit_log::{self, Change, Field},
    platform_settings, site_settings,
};

use super::find;
use crate::Engine;

/// Sets whether a refund of a part of a purchase takes back its share of what the purchase earned
/// (`docs/rules.md` 121): at a site, or in the platform program without one.
///
/// # Errors
/// If there is no such site.
pub async fn set_partial_refunds(
    engine: &Engine,
    site_key: Option<&str>,
    reverse: bool,
) -> anyhow::Result<()> {
    let site = match site_key {
        Some(key) => Some(find(engine, key).await?.id()),
        None => None,
    };
    let tx = engine.db.begin().await?;
    let old = match site {
        Some(site) => {
            let old = site_settings::lock(&tx, site).await?;
            site_settings::set_partial_refunds(&tx, site, reverse).await?;
            old.partial_refunds_reverse
        }
        None => {
            let old = platform_settings::lock(&tx).await?;
            platform_settings::set_partial_refunds(&tx, reverse).await?;
            old.partial_refunds_reverse
        }
    };
    let change = Change {
        site_id: site,
        actor: None,
        subject: "Settings",
        now: engine.now(),
    };
    let field = Field {
        name: "Refunds of a part take back a share",
        old: Some(old.to_string()),
        new: Some(reverse.to_string()),
    };
    audit_log::write(&tx, &change, [field]).await?;
    Ok(tx.commit().await?)
}
