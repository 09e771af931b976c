//! Stripe accounts and their secrets, which leave this file only opened for use.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set, sea_query::Expr,
};

use super::entities::stripe_account;
use crate::sealing::Sealer;

/// An account with its secrets opened. Never logged, never shown: no `Debug`.
#[derive(Clone)]
pub struct StripeAccount {
    /// Our id.
    pub id: i64,
    /// The end of its webhook address.
    pub public_id: String,
    /// `sk_…`.
    pub secret_key: String,
    /// `whsec_…`, every one in force.
    pub webhook_secrets: Vec<String>,
    /// The platform's own: its events sell subscriptions, and no tenant's ever do.
    pub platform: bool,
    /// A live key; else a test key.
    pub livemode: bool,
    /// Counts the changes.
    pub version: i64,
}

impl StripeAccount {
    /// The last four characters of the secret key: all that is ever shown of it.
    pub fn last4(&self) -> &str {
        last4(&self.secret_key)
    }
}

/// An account to be written.
pub struct NewAccount<'a> {
    /// The end of its webhook address.
    pub public_id: &'a str,
    /// `sk_…`.
    pub secret_key: &'a str,
    /// `whsec_…`.
    pub webhook_secrets: &'a [String],
    /// The platform's own.
    pub platform: bool,
    /// Milliseconds, UTC.
    pub now_ms: i64,
}

/// Seals and writes a new account; answers its id.
///
/// # Errors
/// If the database refuses, or the secrets cannot be sealed.
pub async fn insert(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    new: &NewAccount<'_>,
) -> anyhow::Result<i64> {
    let secrets = serde_json::to_string(new.webhook_secrets)?;
    let row = stripe_account::ActiveModel {
        public_id: Set(new.public_id.to_owned()),
        secret_key_sealed: Set(sealer.seal(&key_purpose(new.public_id), new.secret_key)?),
        secret_key_last4: Set(last4(new.secret_key).to_owned()),
        webhook_secrets_sealed: Set(sealer.seal(&webhook_purpose(new.public_id), &secrets)?),
        livemode: Set(is_live(new.secret_key)),
        platform: Set(new.platform),
        // Not 1: of two accounts that an owner has one after the other, none has the other's.
        version: Set(new.now_ms),
        created_at: Set(new.now_ms),
        ..Default::default()
    };
    Ok(stripe_account::Entity::insert(row)
        .exec_with_returning(db)
        .await?
        .id)
}

/// Replaces the keys of `account`, which the caller has locked.
///
/// # Errors
/// As [`insert`].
pub async fn set_keys(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    account: &StripeAccount,
    secret_key: &str,
    webhook_secrets: &[String],
) -> anyhow::Result<()> {
    let id = &account.public_id;
    let secrets = serde_json::to_string(webhook_secrets)?;
    let row = stripe_account::ActiveModel {
        id: Set(account.id),
        secret_key_sealed: Set(sealer.seal(&key_purpose(id), secret_key)?),
        secret_key_last4: Set(last4(secret_key).to_owned()),
        webhook_secrets_sealed: Set(sealer.seal(&webhook_purpose(id), &secrets)?),
        livemode: Set(is_live(secret_key)),
        version: Set(account.version + 1),
        ..Default::default()
    };
    stripe_account::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Forgets every secret key and webhook secret: none of these accounts can be used any more.
///
/// # Errors
/// If the database fails.
pub async fn forget_secrets(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let nothing = || Expr::value(String::new());
    stripe_account::Entity::update_many()
        .col_expr(stripe_account::Column::SecretKeySealed, nothing())
        .col_expr(stripe_account::Column::WebhookSecretsSealed, nothing())
        .exec(db)
        .await
        .map(|_| ())
}

fn last4(secret_key: &str) -> &str {
    let from = secret_key
        .char_indices()
        .rev()
        .nth(3)
        .map_or(0, |(at, _)| at);
    &secret_key[from..]
}

/// The key moves real money.
pub fn is_live(secret_key: &str) -> bool {
    secret_key.contains("_live_")
}

/// The account with this id.
///
/// # Errors
/// If the database fails, or the secrets were sealed under another `APP_SECRET`.
pub async fn by_id(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    id: i64,
) -> anyhow::Result<Option<StripeAccount>> {
    open(
        sealer,
        stripe_account::Entity::find_by_id(id).one(db).await?,
    )
}

/// The account with this id; one whose secrets do not open is as good as none, and can be connected
/// anew.
///
/// # Errors
/// If the database fails.
pub async fn usable(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    id: Option<i64>,
) -> Result<Option<StripeAccount>, DbErr> {
    let Some(id) = id else { return Ok(None) };
    by_id(db, sealer, id).await.or_else(|error| {
        let sealed = error.downcast::<DbErr>().map_or_else(Ok, Err)?;
        tracing::error!(account = id, "{sealed:#}");
        Ok(None)
    })
}

/// The account whose webhook address ends in `public_id`.
///
/// # Errors
/// As [`by_id`].
pub async fn by_public_id(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    public_id: &str,
) -> anyhow::Result<Option<StripeAccount>> {
    let row: Result<_, DbErr> = stripe_account::Entity::find()
        .filter(stripe_account::Column::PublicId.eq(public_id))
        .one(db)
        .await;
    open(sealer, row?)
}

fn open(
    sealer: &Sealer,
    row: Option<stripe_account::Model>,
) -> anyhow::Result<Option<StripeAccount>> {
    let Some(row) = row.filter(|row| !row.secret_key_sealed.is_empty()) else {
        return Ok(None);
    };
    let secret_key = sealer.open(&key_purpose(&row.public_id), &row.secret_key_sealed)?;
    let webhook_secrets = sealer.open(
        &webhook_purpose(&row.public_id),
        &row.webhook_secrets_sealed,
    )?;
    Ok(Some(StripeAccount {
        id: row.id,
        secret_key,
        webhook_secrets: serde_json::from_str(&webhook_secrets)?,
        public_id: row.public_id,
        platform: row.platform,
        livemode: row.livemode,
        version: row.version,
    }))
}

fn key_purpose(public_id: &str) -> String {
    format!("secret key of {public_id}")
}

fn webhook_purpose(public_id: &str) -> String {
    format!("webhook secrets of {public_id}")
}
