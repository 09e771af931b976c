//! What an operator does from the command line.

use anyhow::{Context, anyhow, ensure};
use domain::{account::SiteKind, forms::AMOUNT_MAX_CENTS, money::Currency};
use sea_orm::{DbErr, Set};
use store::SiteId;
use store::{
    Write,
    audit_log::{self, Change, Field},
    entities::{site, site_settings},
    is_taken, platform_settings,
    sites::{self, Site},
};

use crate::{
    Engine,
    stripe_accounts::{self, By, Connected, NotConnected, Owner},
};

pub mod admins;
pub mod detach;

pub use crate::stripe_accounts::{StripeKeys, webhook_path};

/// Sets what one referral of a member earns, in cents; 0 switches the program off.
///
/// # Errors
/// If there is no such site, or the amount makes no sense.
pub async fn set_tenant_credit(state: &Engine, site_key: &str, cents: i64) -> anyhow::Result<()> {
    check_amount("--tenant-credit", cents)?;
    let site = find(state, site_key).await?;
    let old = site.settings.tenant_credit_cents;
    let tx = state.db.begin().await?;
    sites::set_tenant_credit(&tx, site.id(), cents).await?;
    let name = "Tenant Referral Credit Amount";
    note_amount(&tx, state, Some(site.id()), name, old, cents).await?;
    Ok(tx.commit().await?)
}

/// Sets what one referral of a partner earns, in cents; 0 switches the program off.
///
/// # Errors
/// If the amount makes no sense.
pub async fn set_platform_credit(state: &Engine, cents: i64) -> anyhow::Result<()> {
    check_amount("--platform-credit", cents)?;
    let tx = state.db.begin().await?;
    let old = platform_settings::lock(&tx).await?.platform_credit_cents;
    platform_settings::set_platform_credit(&tx, cents).await?;
    let name = "Platform Referral Credit Amount";
    note_amount(&tx, state, None, name, old, cents).await?;
    Ok(tx.commit().await?)
}

fn check_amount(flag: &str, cents: i64) -> anyhow::Result<()> {
    ensure!(
        cents >= 0,
        "{flag}: 0 switches the program off; less makes no sense"
    );
    ensure!(
        cents <= AMOUNT_MAX_CENTS,
        "{flag}: the most is {AMOUNT_MAX_CENTS}"
    );
    Ok(())
}

async fn note_amount(
    tx: &impl Write,
    state: &Engine,
    site_id: Option<SiteId>,
    name: &str,
    old: i64,
    new: i64,
) -> Result<(), DbErr> {
    let change = Change {
        site_id,
        actor: None,
        subject: "Settings",
        now: state.now(),
    };
    let field = Field {
        name,
        old: Some(old.to_string()),
        new: Some(new.to_string()),
    };
    audit_log::write(tx, &change, [field]).await
}

/// A site to be made.
pub struct NewSite<'a> {
    /// Short name for commands: `detroit-arms`.
    pub key: &'a str,
    /// `Detroit Arms`.
    pub name: &'a str,
    /// One sentence under the name.
    pub tagline: &'a str,
    /// Where it answers: `detroitarms.com`.
    pub host: &'a str,
    /// A tenant or a platform brand.
    pub kind: SiteKind,
    /// Its look: `range` or `coach` for a tenant, `pewpros` or `coachpros` for a brand.
    pub theme: &'a str,
}

/// The looks of a tenant; the first is the one that it gets unasked.
pub const TENANT_THEMES: [&str; 2] = ["range", "coach"];
/// The looks of a platform brand; the first is the one that it gets unasked.
pub const BRAND_THEMES: [&str; 2] = ["pewpros", "coachpros"];

/// The look that `kind` of site gets where `given` is none.
///
/// # Errors
/// If `given` is no look of this kind.
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

/// Makes a site, in US dollars, its referral program switched off.
///
/// # Errors
/// If the key or the host is not well formed, or another site has it.
pub async fn add_site(state: &Engine, new: &NewSite<'_>) -> anyhow::Result<Site> {
    let plain = |text: &str, more: &[u8]| {
        let mut bytes = text.bytes();
        !text.is_empty()
            && bytes.all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || more.contains(&byte)
            })
    };
    ensure!(
        plain(new.key, b"-"),
        "--key: lower-case letters, digits and dashes"
    );
    ensure!(
        plain(new.host, b"-."),
        "--host: a host name in lower case, without port"
    );
    let row = site::ActiveModel {
        key: Set(new.key.to_owned()),
        kind: Set(new.kind.into()),
        name: Set(new.name.to_owned()),
        tagline: Set(new.tagline.to_owned()),
        theme: Set(new.theme.to_owned()),
        realm: Set(state.random.token()),
        created_at: Set(state.now()),
        ..Default::default()
    };
    let settings = site_settings::ActiveModel {
        currency: Set(Currency::default().into()),
        tenant_credit_cents: Set(0),
        referral_memory_days: Set(0),
        ..Default::default()
    };
    theme_of(new.kind, Some(new.theme))?;
    let tx = state.db.begin().await?;
    let made = sites::insert(&tx, row, new.host, settings).await;
    let site = made.map_err(|error| match is_taken(&error) {
        true => anyhow!("--key or --host: another site has it"),
        false => error.into(),
    })?;
    let change = Change {
        site_id: Some(site.id()),
        actor: None,
        subject: "Site",
        now: state.now(),
    };
    let field = Field {
        name: "Host",
        old: None,
        new: Some(new.host.to_owned()),
    };
    audit_log::write(&tx, &change, [field]).await?;
    tx.commit().await?;
    Ok(site)
}

/// Connects a site to its Stripe account; answers the path to enter as webhook endpoint there, which
/// stays for an account that it had before.
///
/// # Errors
/// If there is no such site, or a key is not of its kind.
pub async fn connect_stripe(
    state: &Engine,
    site_key: &str,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<Connected> {
    let site = find(state, site_key).await?;
    ensure!(
        site.kind() == SiteKind::Tenant,
        "--site: a brand takes payments through the platform's own account; say --platform"
    );
    connect(state, Owner::Site(&site), keys).await
}

/// The same for the platform's own account.
///
/// # Errors
/// If a key is not of its kind.
pub async fn connect_platform_stripe(
    state: &Engine,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<Connected> {
    connect(state, Owner::Platform, keys).await
}

async fn connect(
    state: &Engine,
    owner: Owner<'_>,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<Connected> {
    let connected = stripe_accounts::connect(state, owner, keys, By::COMMAND_LINE).await?;
    connected.map_err(refused)
}

/// Disconnects a site from Stripe. Its past purchases keep their account.
///
/// # Errors
/// If there is no such site.
pub async fn disconnect_stripe(state: &Engine, site_key: &str) -> anyhow::Result<()> {
    let site = find(state, site_key).await?;
    disconnect(state, Owner::Site(&site)).await
}

/// The same for the platform.
///
/// # Errors
/// If the database fails.
pub async fn disconnect_platform_stripe(state: &Engine) -> anyhow::Result<()> {
    disconnect(state, Owner::Platform).await
}

async fn disconnect(state: &Engine, owner: Owner<'_>) -> anyhow::Result<()> {
    let disconnected = stripe_accounts::disconnect(state, owner, By::COMMAND_LINE).await?;
    disconnected.map_err(refused)
}

/// The complaints, each under the flag that it is about.
fn refused(why: NotConnected) -> anyhow::Error {
    match why {
        NotConnected::Keys(complaints) => {
            let lines: Vec<_> = complaints
                .iter()
                .map(|complaint| format!("--{}: {}", flag(&complaint.field), complaint.message))
                .collect();
            anyhow!(lines.join("\n"))
        }
        NotConnected::Unanswered => {
            anyhow!(
                "Stripe does not answer right now, so nothing was saved. Try again in a minute."
            )
        }
        NotConnected::Stale(_) => anyhow!("somebody else changed it meanwhile"),
    }
}

fn flag(field: &str) -> String {
    match field {
        "webhook_secrets" => "webhook-secret".to_owned(),
        field => field.replace('_', "-"),
    }
}

/// The site with this key.
///
/// # Errors
/// If there is none; the error names those there are.
pub async fn find(state: &Engine, site_key: &str) -> anyhow::Result<Site> {
    let site = sites::by_key(state.db.reader(), site_key).await?;
    let Some(site) = site else {
        let keys: Vec<_> = sites::all(state.db.reader())
            .await?
            .into_iter()
            .map(|site| site.key)
            .collect();
        return None.with_context(|| {
            format!(
                "--site: there is no {site_key:?}; there are {}",
                keys.join(", ")
            )
        });
    };
    Ok(site)
}
