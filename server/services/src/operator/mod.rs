//! The operator's commands: settings, sites and Stripe connections.

use anyhow::{Context, anyhow, bail, ensure};
use domain::{
    account::SiteKind, forms::AMOUNT_MAX_CENTS, money::Currency, spelling::name_complaint,
    stripe_keys::EVENTS,
};
use sea_orm::{DbErr, Set};
use store::{
    SiteId, Write,
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
pub mod spellings;

pub use crate::stripe_accounts::{Endpoint, StripeKeys, webhook_path};

/// Sets what one referral of a member earns, in cents; 0 switches the program off.
///
/// # Errors
/// If there is no such site, or the amount is out of range.
pub async fn set_tenant_credit(engine: &Engine, site_key: &str, cents: i64) -> anyhow::Result<()> {
    check_amount("--tenant-credit", cents)?;
    let site = find(engine, site_key).await?;
    let old = site.settings.tenant_credit_cents;
    let tx = engine.db.begin().await?;
    sites::set_tenant_credit(&tx, site.id(), cents).await?;
    let name = "Tenant Referral Credit Amount";
    note_amount(&tx, engine, Some(site.id()), name, old, cents).await?;
    Ok(tx.commit().await?)
}

/// Sets what one referral of a platform referrer earns, in cents; 0 switches the program off.
///
/// # Errors
/// If the amount is out of range.
pub async fn set_platform_credit(engine: &Engine, cents: i64) -> anyhow::Result<()> {
    check_amount("--platform-credit", cents)?;
    let tx = engine.db.begin().await?;
    let old = platform_settings::lock(&tx).await?.platform_credit_cents;
    platform_settings::set_platform_credit(&tx, cents).await?;
    let name = "Platform Referral Credit Amount";
    note_amount(&tx, engine, None, name, old, cents).await?;
    Ok(tx.commit().await?)
}

fn check_amount(flag: &str, cents: i64) -> anyhow::Result<()> {
    ensure!(
        cents >= 0,
        "{flag}: the minimum is 0, which switches the program off"
    );
    ensure!(
        cents <= AMOUNT_MAX_CENTS,
        "{flag}: the maximum is {AMOUNT_MAX_CENTS}"
    );
    Ok(())
}

async fn note_amount(
    tx: &impl Write,
    engine: &Engine,
    site_id: Option<SiteId>,
    name: &str,
    old: i64,
    new: i64,
) -> Result<(), DbErr> {
    let change = Change {
        site_id,
        actor: None,
        subject: "Settings",
        now: engine.now(),
    };
    let field = Field {
        name,
        old: Some(old.to_string()),
        new: Some(new.to_string()),
    };
    audit_log::write(tx, &change, [field]).await
}

/// A site to create.
pub struct NewSite<'a> {
    /// A short name for commands: `detroit-arms`.
    pub key: &'a str,
    /// The name for visitors: `Detroit Arms`.
    pub name: &'a str,
    /// One sentence under the name.
    pub tagline: &'a str,
    /// The host name, without a port: `detroitarms.com`.
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
    let made = sites::insert(&tx, row, new.host, settings).await;
    let site = made.map_err(|error| match is_taken(&error) {
        true => anyhow!("--key or --host: another site has it"),
        false => error.into(),
    })?;
    let change = Change {
        site_id: Some(site.id()),
        actor: None,
        subject: "Site",
        now: engine.now(),
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

/// Connects a site to its Stripe account. The result holds the path to enter as the webhook
/// endpoint at Stripe; an account that the site had before keeps its path.
///
/// # Errors
/// If there is no such site, the site is a brand, or the keys are refused.
pub async fn connect_stripe(
    engine: &Engine,
    site_key: &str,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<Connected> {
    let site = find(engine, site_key).await?;
    ensure!(
        site.kind() == SiteKind::Tenant,
        "--site: a brand takes payments through the platform's own account; use --platform"
    );
    connect(engine, Owner::Site(&site), keys).await
}

/// Like [`connect_stripe`], for the platform's own account.
///
/// # Errors
/// If the keys are refused.
pub async fn connect_platform_stripe(
    engine: &Engine,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<Connected> {
    connect(engine, Owner::Platform, keys).await
}

async fn connect(
    engine: &Engine,
    owner: Owner<'_>,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<Connected> {
    let connected = stripe_accounts::connect(engine, owner, keys, By::COMMAND_LINE).await?;
    connected.map_err(refused)
}

/// The host to which Stripe delivers the events of a site's account, or of the platform's: of its
/// oldest brand. `None` if the platform has no brand.
///
/// # Errors
/// If there is no such site.
pub async fn host_of(engine: &Engine, site_key: Option<&str>) -> anyhow::Result<Option<String>> {
    let db = engine.db.reader();
    let Some(site_key) = site_key else {
        let brands = sites::brands(db).await?;
        return Ok(brands.into_iter().next().map(|(_, host)| host));
    };
    let site = find(engine, site_key).await?;
    Ok(sites::host_of(db, site.id()).await?)
}

/// What is said of a connected account, for the operator.
pub fn connected_sentence(connected: &Connected, base_url: Option<&str>) -> String {
    let address = format!("{}{}", base_url.unwrap_or_default(), connected.path);
    match connected.endpoint {
        Some(Endpoint::Created) => {
            format!("Connected. A webhook endpoint was created at Stripe: {address}")
        }
        Some(Endpoint::ByHand(why)) => format!(
            "Connected. {}\nWebhook address: {address}\nEvents: {}\nThen run this again with --webhook-secret",
            why.sentence(),
            EVENTS.join(", ")
        ),
        Some(Endpoint::Kept) | None => format!("Connected. Its webhook address is {address}"),
    }
}

/// Disconnects a site from Stripe. Past purchases keep their account.
///
/// # Errors
/// If there is no such site.
pub async fn disconnect_stripe(engine: &Engine, site_key: &str) -> anyhow::Result<()> {
    let site = find(engine, site_key).await?;
    disconnect(engine, Owner::Site(&site)).await
}

/// Like [`disconnect_stripe`], for the platform.
pub async fn disconnect_platform_stripe(engine: &Engine) -> anyhow::Result<()> {
    disconnect(engine, Owner::Platform).await
}

async fn disconnect(engine: &Engine, owner: Owner<'_>) -> anyhow::Result<()> {
    let disconnected = stripe_accounts::disconnect(engine, owner, By::COMMAND_LINE).await?;
    disconnected.map_err(refused)
}

/// The error for the operator, with each problem under the flag that it is about.
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
        NotConnected::Stale(_) => anyhow!("someone else changed it in the meantime"),
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
/// If there is none. The error lists the keys that exist.
pub async fn find(engine: &Engine, site_key: &str) -> anyhow::Result<Site> {
    let site = sites::by_key(engine.db.reader(), site_key).await?;
    let Some(site) = site else {
        let keys: Vec<_> = sites::all(engine.db.reader())
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
