//! Turns a copy of a database into one for trying things out.

use anyhow::ensure;
use store::{
    api_tokens,
    entities::{email_confirmation, invitation, password_reset, referrer_link},
    idempotency_keys, known_devices,
    location::{self, Standing},
    mailed_links, mails, platform_settings, referrer_sessions, sessions, sites, stripe_accounts,
};

use crate::Engine;

/// Removes from a copy everything that acts in the original's name: the Stripe connections with
/// their keys, all sessions and API tokens, and mail that is not sent yet. Stripe is not called, because its webhook endpoints
/// and Checkout sessions belong to the original.
///
/// # Errors
/// If the database is where it was last served, and is therefore the original, unless `force` says
/// that it is a copy; or if the database fails.
pub async fn detach(engine: &Engine, force: bool) -> anyhow::Result<()> {
    let original = engine.standing == Standing::Original && engine.db.has_location().await?;
    ensure!(
        force || !original,
        "this is the original database: it is where it was last served. Run `detach` on the copy. \
         If this is a copy because the whole server or disk was cloned, add --force"
    );
    let location = engine.db.location().await?;
    let tx = engine.db.begin().await?;
    sites::disconnect_all(&tx).await?;
    platform_settings::set_stripe_account(&tx, None).await?;
    stripe_accounts::forget_secrets(&tx).await?;
    api_tokens::delete_all(&tx).await?;
    sessions::delete_all(&tx).await?;
    idempotency_keys::delete_all(&tx).await?;
    // The original sends them.
    mails::delete_due(&tx).await?;
    mailed_links::delete_all::<password_reset::Entity>(&tx).await?;
    mailed_links::delete_all::<email_confirmation::Entity>(&tx).await?;
    mailed_links::delete_all::<invitation::Entity>(&tx).await?;
    mailed_links::delete_all::<referrer_link::Entity>(&tx).await?;
    referrer_sessions::delete_all(&tx).await?;
    known_devices::delete_all(&tx).await?;
    location::set_detached(&tx, location, engine.now()).await?;
    tx.commit().await?;
    tracing::info!("this database is now a copy for tests; connect only test accounts");
    Ok(())
}
