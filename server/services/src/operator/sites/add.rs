//! `site add`.

use anyhow::{anyhow, bail, ensure};
use domain::{
    account::SiteKind, money::Currency, site_profile::read_host_name as read_host,
    spelling::name_complaint,
};
use sea_orm::Set;
use store::{
    entities::{site, site_settings},
    is_taken,
    sites::{self, Site},
};

use super::write_down;
use crate::Engine;

/// A site to create.
pub struct NewSite<'a> {
    /// A short name for commands: `detroit-arms`.
    pub key: &'a str,
    /// The name for visitors: `Detroit Arms`.
    pub name: &'a str,
    /// One sentence under the name.
    pub tagline: &'a str,
    /// The canonical host name, without a port: `detroitarms.com`.
    pub host: &'a str,
    pub kind: SiteKind,
    /// The theme: `range` or `coach` for a tenant, `pewpros` or `coachpros` for a brand.
    pub theme: &'a str,
}

/// The themes of a tenant. The first is the default.
pub const TENANT_THEMES: [&str; 2] = ["range", "coach"];
/// The themes of a platform brand. The first is the default.
pub const BRAND_THEMES: [&str; 2] = ["pewpros", "coachpros"];

/// The theme for this `kind` of site: `given`, or the default.
///
/// # Errors
/// If `given` is not a theme of this kind.
pub fn theme_of(kind: SiteKind, given: Option<&str>) -> anyhow::Result<&str> {
    let themes = match kind {
        SiteKind::Tenant => TENANT_THEMES,
        SiteKind::Platform => BRAND_THEMES,
    };
    let theme = given.unwrap_or(themes[0]);
    ensure!(
        themes.contains(&theme),
        "--theme: for this kind of site, one of {}",
        themes.join(", ")
    );
    Ok(theme)
}

/// Creates a site that uses US dollars, with its referral program switched off.
///
/// # Errors
/// If the key or the host is not well formed, or another site has it.
pub async fn add_site(engine: &Engine, new: &NewSite<'_>) -> anyhow::Result<Site> {
    let in_key = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    ensure!(
        !new.key.is_empty() && new.key.bytes().all(in_key),
        "--key: lower-case letters, digits and dashes"
    );
    let host = read_host(new.host).map_err(|error| anyhow!("--host: {error}"))?;
    if let Some(complaint) = name_complaint(new.name, true) {
        bail!("--name: {complaint}");
    }
    let row = site::ActiveModel {
        key: Set(new.key.to_owned()),
        kind: Set(new.kind.into()),
        name: Set(new.name.to_owned()),
        tagline: Set(new.tagline.to_owned()),
        theme: Set(new.theme.to_owned()),
        realm: Set(engine.random.token()),
        created_at: Set(engine.now()),
        ..Default::default()
    };
    let settings = site_settings::ActiveModel {
        currency: Set(Currency::default().into()),
        tenant_credit_cents: Set(0),
        referral_memory_days: Set(0),
        ..Default::default()
    };
    theme_of(new.kind, Some(new.theme))?;
    let tx = engine.db.begin().await?;
    let made = sites::insert(&tx, row, &host, settings).await;
    let site = made.map_err(|error| match is_taken(&error) {
        true => anyhow!("--key or --host: another site has it"),
        false => error.into(),
    })?;
    write_down(&tx, engine, site.id(), [("Host", None, Some(host))]).await?;
    tx.commit().await?;
    Ok(site)
}
