//! The operator's commands: settings, sites and Stripe connections.

use anyhow::{Context, anyhow, ensure};
use domain::{account::SiteKind, forms::AMOUNT_MAX_CENTS, stripe_keys::EVENTS};
use sea_orm::DbErr;
use store::{
    SiteId, Write,
    audit_log::{self, Change, Field},
    platform_settings,
    sites::{self as site_rows, Site},
};

use crate::{
    Engine,
    stripe_accounts::{self, By, Connected, NotConnected, Owner},
};

pub mod admins;
pub mod detach;
pub mod mail_from;
pub mod partial_refunds;
pub mod reconcile;
pub mod rotate_secret;
pub mod sites;
pub mod spellings;

pub use self::sites::{BRAND_THEMES, NewSite, TENANT_THEMES, add_site, theme_of};
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
    site_rows::set_tenant_credit(&tx, site.id(), cents).await?;
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
        let brands = site_rows::brands(db).await?;
        return Ok(brands.into_iter().next().map(|(_, host)| host));
    };
    let site = find(engine, site_key).await?;
    Ok(site_rows::host_of(db, site.id()).await?)
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
    let site = site_rows::by_key(engine.db.reader(), site_key).await?;
    let Some(site) = site else {
        let keys: Vec<_> = site_rows::all(engine.db.reader())
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
