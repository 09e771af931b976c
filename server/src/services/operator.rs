//! What an operator does from the command line.

use anyhow::{Context, anyhow, bail, ensure};
use app::types::SiteKind;
use domain::Currency;
use sea_orm::Set;

use crate::{
    db::{
        entities::{site, site_settings},
        is_taken,
        sites::{self, Site},
        stripe_accounts,
    },
    state::AppState,
};

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

/// Keys of a Stripe account, as an operator gives them.
pub struct StripeKeys<'a> {
    /// `sk_…`.
    pub secret_key: &'a str,
    /// `whsec_…`, several while one is rotated; none: those in force stay.
    pub webhook_secrets: &'a [String],
    /// The secret key is a new one of the account that the site has already.
    pub same_account: bool,
}

/// Connects a site to its Stripe account; answers the path to enter as webhook endpoint there.
/// For the account that the site has already, the keys change and the path stays, so that payments
/// under way still find their purchases.
///
/// # Errors
/// If there is no such site, or a key is not of its kind.
pub async fn connect_stripe(
    state: &AppState,
    site_key: &str,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<String> {
    check(keys)?;
    let site = find(state, site_key).await?;
    let (db, sealer) = (state.db.conn(), &state.sealer);
    if let Some(id) = site.row.stripe_account_id
        && let Some(account) = stripe_accounts::by_id(db, sealer, id).await?
        && (keys.same_account || account.secret_key == keys.secret_key)
    {
        let webhook_secrets = match keys.webhook_secrets {
            [] => account.webhook_secrets.as_slice(),
            given => given,
        };
        stripe_accounts::set_keys(db, sealer, &account, keys.secret_key, webhook_secrets).await?;
        return Ok(webhook_path(&account.public_id));
    }
    ensure!(
        !keys.same_account,
        "--same-account: this site has no Stripe account yet"
    );
    let public_id = state.random.token();
    let (key, secrets) = (keys.secret_key, keys.webhook_secrets);
    let now_ms = state.clock.now_ms();
    let tx = state.db.begin().await?;
    let account = stripe_accounts::insert(&tx, sealer, &public_id, key, secrets, now_ms).await?;
    sites::set_stripe_account(&tx, site.id(), Some(account)).await?;
    tx.commit().await?;
    Ok(webhook_path(&public_id))
}

/// An empty webhook secret would let anybody sign.
fn check(keys: &StripeKeys<'_>) -> anyhow::Result<()> {
    const SHORTEST: usize = 12;
    if !(keys.secret_key.starts_with("sk_") || keys.secret_key.starts_with("rk_")) {
        bail!("--secret-key: take the secret key, sk_test_… or sk_live_…, not the publishable one");
    }
    let whole = |secret: &String| secret.starts_with("whsec_") && secret.len() >= SHORTEST;
    ensure!(
        keys.webhook_secrets.iter().all(whole),
        "--webhook-secret: take the endpoint's signing secret, whsec_…, without spaces"
    );
    Ok(())
}

/// Disconnects a site from Stripe. Its past purchases keep their account.
///
/// # Errors
/// If there is no such site.
pub async fn disconnect_stripe(state: &AppState, site_key: &str) -> anyhow::Result<()> {
    let site = find(state, site_key).await?;
    Ok(sites::set_stripe_account(state.db.conn(), site.id(), None).await?)
}

/// Where Stripe sends the events of an account.
pub fn webhook_path(public_id: &str) -> String {
    format!("/webhooks/stripe/{public_id}")
}

async fn find(state: &AppState, site_key: &str) -> anyhow::Result<Site> {
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
