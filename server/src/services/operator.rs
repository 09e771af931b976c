//! What an operator does from the command line.

use anyhow::{Context, anyhow, ensure};
use app::types::SiteKind;
use domain::Currency;
use sea_orm::Set;

use crate::{
    db::{
        entities::{site, site_settings},
        is_taken,
        sites::{self, Site},
    },
    services::stripe_accounts::{self, By, NotConnected, Owner},
    state::AppState,
};

pub use super::stripe_accounts::{StripeKeys, webhook_path};

/// Sets what one referral of a member earns, in cents; 0 switches the program off.
///
/// # Errors
/// If there is no such site, or the amount is negative.
pub async fn set_tenant_credit(state: &AppState, site_key: &str, cents: i64) -> anyhow::Result<()> {
    ensure!(
        cents >= 0,
        "--tenant-credit: 0 switches the program off; less makes no sense"
    );
    let site = find(state, site_key).await?;
    Ok(sites::set_tenant_credit(state.db.conn(), site.id(), cents).await?)
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
    /// Its look: `range` or `coach`.
    pub theme: &'a str,
}

/// Makes a tenant site, in US dollars, its referral program switched off.
///
/// # Errors
/// If the key or the host is not well formed, or another site has it.
pub async fn add_site(state: &AppState, new: &NewSite<'_>) -> anyhow::Result<Site> {
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
        kind: Set(SiteKind::Tenant.code().to_owned()),
        name: Set(new.name.to_owned()),
        tagline: Set(new.tagline.to_owned()),
        theme: Set(new.theme.to_owned()),
        realm: Set(state.random.token()),
        created_at: Set(state.clock.now_ms()),
        ..Default::default()
    };
    let settings = site_settings::ActiveModel {
        currency: Set(Currency::default().code().to_owned()),
        tenant_credit_cents: Set(0),
        referral_memory_days: Set(0),
        ..Default::default()
    };
    let tx = state.db.begin().await?;
    let made = sites::insert(&tx, row, new.host, settings).await;
    let site = made.map_err(|error| match is_taken(&error) {
        true => anyhow!("--key or --host: another site has it"),
        false => error.into(),
    })?;
    tx.commit().await?;
    Ok(site)
}

/// Connects a site to its Stripe account; answers the path to enter as webhook endpoint there.
///
/// # Errors
/// If there is no such site, or a key is not of its kind.
pub async fn connect_stripe(
    state: &AppState,
    site_key: &str,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<String> {
    let site = find(state, site_key).await?;
    connect(state, Owner::Site(&site), keys).await
}

/// The same for the platform's own account.
///
/// # Errors
/// If a key is not of its kind.
pub async fn connect_platform_stripe(
    state: &AppState,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<String> {
    connect(state, Owner::Platform, keys).await
}

async fn connect(
    state: &AppState,
    owner: Owner<'_>,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<String> {
    let connected = stripe_accounts::connect(state, owner, keys, By::COMMAND_LINE).await?;
    connected.map_err(refused)
}

/// Disconnects a site from Stripe. Its past purchases keep their account.
///
/// # Errors
/// If there is no such site.
pub async fn disconnect_stripe(state: &AppState, site_key: &str) -> anyhow::Result<()> {
    let site = find(state, site_key).await?;
    disconnect(state, Owner::Site(&site)).await
}

/// The same for the platform.
///
/// # Errors
/// If the database fails.
pub async fn disconnect_platform_stripe(state: &AppState) -> anyhow::Result<()> {
    disconnect(state, Owner::Platform).await
}

async fn disconnect(state: &AppState, owner: Owner<'_>) -> anyhow::Result<()> {
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
pub async fn find(state: &AppState, site_key: &str) -> anyhow::Result<Site> {
    let site = sites::by_key(state.db.conn(), site_key).await?;
    let Some(site) = site else {
        let keys: Vec<_> = sites::all(state.db.conn())
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
