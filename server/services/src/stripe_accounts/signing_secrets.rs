//! Takes one of several signing secrets out of force. What only that one has signed is refused from then on.

use anyhow::Context;
use domain::stripe_keys::{SecretStays, secrets_without};
use store::{
    audit_log,
    stripe_accounts::{self, Keys},
};

use super::{
    audit::{change, changes},
    letter,
    owner::{By, Owner},
    stale,
};
use crate::Engine;

/// Why every signing secret stays in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRemoved {
    NotConnected,
    /// Somebody else changed the connection meanwhile, so another secret may be at that place.
    Stale,
    Stays(SecretStays),
}

/// Removes the signing secret at `place`, counted from 0 in the order of
/// [`StripeAccount::webhook_secrets`](stripe_accounts::StripeAccount::webhook_secrets).
///
/// # Errors
/// If the database fails, or the secrets cannot be sealed.
pub async fn remove_secret(
    engine: &Engine,
    owner: Owner<'_>,
    place: Option<usize>,
    by: By<'_>,
) -> anyhow::Result<Result<(), NotRemoved>> {
    let tx = engine.db.begin().await?;
    let connected = owner.lock(&tx).await?;
    let before = stripe_accounts::usable(&tx, &engine.sealer, connected).await?;
    let Some(before) = before else {
        return Ok(Err(NotRemoved::NotConnected));
    };
    if stale(by.seen, Some(&before)).is_some() {
        return Ok(Err(NotRemoved::Stale));
    }
    let left = match secrets_without(&before.webhook_secrets, place) {
        Ok(left) => left,
        Err(why) => return Ok(Err(NotRemoved::Stays(why))),
    };
    let row = stripe_accounts::row(&tx, before.id).await?;
    let row = row.context("a Stripe account that was just read")?;
    let keys = Keys {
        secret_key: &before.secret_key,
        webhook_secrets: &left,
        stripe_account: None,
        tried: None,
    };
    stripe_accounts::set_keys(&tx, &engine.sealer, &row, &keys).await?;
    let after = stripe_accounts::by_id(&tx, &engine.sealer, before.id).await?;
    let fields = changes(Some(&before), after.as_ref());
    audit_log::write(&tx, &change(engine, owner, by), fields).await?;
    letter::tell_admins(engine, &tx, owner, by, (Some(&before), after.as_ref())).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(Ok(()))
}
