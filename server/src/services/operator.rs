//! What an operator does from the command line.

use anyhow::{Context, bail, ensure};

use crate::{
    db::{sites, sites::Site, stripe_accounts},
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

/// Connects a site to its Stripe account; answers the path to enter as webhook endpoint there.
///
/// # Errors
/// If there is no such site, or a key is not of its kind.
pub async fn connect_stripe(
    state: &AppState,
    site_key: &str,
    secret_key: &str,
    webhook_secrets: &[String],
) -> anyhow::Result<String> {
    if !(secret_key.starts_with("sk_") || secret_key.starts_with("rk_")) {
        bail!("--secret-key: take the secret key, sk_test_… or sk_live_…, not the publishable one");
    }
    ensure!(
        !webhook_secrets.is_empty(),
        "--webhook-secret: at least one, whsec_…"
    );
    let site = find(state, site_key).await?;
    let public_id = state.random.token();
    let now_ms = state.clock.now_ms();
    let tx = state.db.begin().await?;
    let account = stripe_accounts::insert(
        &tx,
        &state.sealer,
        &public_id,
        secret_key,
        webhook_secrets,
        now_ms,
    )
    .await?;
    sites::set_stripe_account(&tx, site.id(), Some(account)).await?;
    tx.commit().await?;
    Ok(webhook_path(&public_id))
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
