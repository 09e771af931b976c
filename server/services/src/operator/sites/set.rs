//! `site set`.

use anyhow::{anyhow, ensure};
use domain::site_profile::TypedProfile;

use super::super::find;
use crate::{Engine, site_logo, site_profile};

/// What to change; `None` leaves a field as it is, an empty text removes it.
#[derive(Default)]
pub struct SiteChange {
    pub name: Option<String>,
    pub tagline: Option<String>,
    pub accent: Option<String>,
    pub time_zone: Option<String>,
    pub address: Option<String>,
    pub hours: Option<String>,
    pub support_email: Option<String>,
    /// The content of the file; an empty one removes the logo.
    pub logo: Option<Vec<u8>>,
}

/// Changes what a site says of itself. Returns the names of the fields that changed.
///
/// # Errors
/// If there is no such site, or a value is refused; each problem is under the flag that it is about.
pub async fn set(
    engine: &Engine,
    site_key: &str,
    change: SiteChange,
) -> anyhow::Result<Vec<&'static str>> {
    let site = find(engine, site_key).await?;
    let now = site_profile::typed(&site.row);
    let typed = TypedProfile {
        name: change.name.unwrap_or(now.name),
        tagline: change.tagline.unwrap_or(now.tagline),
        accent: change.accent.unwrap_or(now.accent),
        time_zone: change.time_zone.unwrap_or(now.time_zone),
        postal_address: change.address.unwrap_or(now.postal_address),
        opening_hours: change.hours.unwrap_or(now.opening_hours),
        support_email: change.support_email.unwrap_or(now.support_email),
    };
    let saved = site_profile::save(engine, site.id(), None, &typed, None).await?;
    let mut changed = saved.map_err(|refusal| {
        let lines = refusal.fields.iter();
        let lines = lines.map(|error| format!("--{}: {}", flag(&error.field), error.message));
        anyhow!(lines.collect::<Vec<_>>().join("\n"))
    })?;
    if let Some(content) = change.logo {
        if content.is_empty() {
            let removed = site_logo::remove(engine, site.id(), None).await?;
            ensure!(removed, "--no-logo: {site_key} has no logo");
        } else {
            let set = site_logo::set(engine, site.id(), None, content).await?;
            set.map_err(|why| anyhow!("--logo: {why}"))?;
        }
        changed.push("Logo");
    }
    Ok(changed)
}

fn flag(field: &str) -> String {
    match field {
        "postal_address" => "address".to_owned(),
        "opening_hours" => "hours".to_owned(),
        field => field.replace('_', "-"),
    }
}
