//! Stripe accounts and their secrets, which only this module encrypts and decrypts.

mod endpoint;
mod notes;
mod objects;
mod portal;

use domain::stripe_keys::StripeMode;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set, sea_query::Expr,
};
use server_core::sealing::Sealer;

use super::{
    entities::stripe_account::{self, Column},
    is_taken,
    prepared::Prepared,
};
use crate::{SiteId, StripeAccountId, Timestamp, Write};

pub use endpoint::{NewEndpoint, Retiring, add_endpoint, outdated, retired, retiring, updated};
pub use notes::{
    Notes, REFUSED_EVERY, note_announced, note_coupons, note_key, note_refused, note_unannounced,
};
pub use objects::{Objects, objects_of};
pub use portal::set_portal;

/// An account with decrypted secrets. It has no `Debug`, so that they are never logged.
#[derive(Clone)]
pub struct StripeAccount {
    pub id: StripeAccountId,
    /// The last segment of the webhook endpoint's URL.
    pub public_id: String,
    /// `sk_…`.
    pub secret_key: String,
    /// All signing secrets in use: `whsec_…`.
    pub webhook_secrets: Vec<String>,
    /// Whether it is the platform's account. Its events are about platform subscriptions; a
    /// tenant's never are.
    pub platform: bool,
    /// Whether the secret key is a live key.
    pub livemode: bool,
    /// `acct_…`; `None` if Stripe did not say.
    pub stripe_account: Option<String>,
    /// Increases with each change of the keys.
    pub version: i64,
    /// Whether its key works, and its events arrive.
    pub notes: Notes,
    /// `we_…`: the webhook endpoint that we created.
    pub endpoint_id: Option<String>,
}

impl StripeAccount {
    pub fn mode(&self) -> StripeMode {
        StripeMode::of_livemode(self.livemode)
    }

    /// The last four characters of the secret key, the only ones that pages show.
    pub fn last4(&self) -> &str {
        last4(&self.secret_key)
    }
}

/// The keys of an account, and the account that Stripe names for them.
pub struct Keys<'a> {
    /// `sk_…`.
    pub secret_key: &'a str,
    /// The signing secrets: `whsec_…`.
    pub webhook_secrets: &'a [String],
    /// `acct_…`; `None` if Stripe did not say, which leaves a known value unchanged.
    pub stripe_account: Option<&'a str>,
    /// Whether the secret key was tried; `None` if it is the one that was there before.
    pub tried: Option<Tried>,
}

/// Whether a new secret key was tried before it was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// Stripe accepted it.
    Worked(Timestamp),
    /// Stripe did not answer.
    NotYet,
}

impl Tried {
    fn worked_at(self) -> Option<Timestamp> {
        match self {
            Self::Worked(at) => Some(at),
            Self::NotYet => None,
        }
    }
}

/// An account to insert.
pub struct NewAccount<'a> {
    /// The last segment of the webhook endpoint's URL.
    pub public_id: &'a str,
    /// The tenant's site; `None` for the platform's account.
    pub site_id: Option<SiteId>,
    pub keys: Keys<'a>,
    pub now: Timestamp,
}

/// Encrypts the secrets and inserts the account.
///
/// # Errors
/// Fails if the database refuses the row or the secrets cannot be encrypted.
pub async fn insert(
    db: &impl Write,
    sealer: &Sealer,
    new: &NewAccount<'_>,
) -> anyhow::Result<StripeAccountId> {
    let (id, keys) = (new.public_id, &new.keys);
    let secrets = serde_json::to_string(keys.webhook_secrets)?;
    let row = stripe_account::ActiveModel {
        public_id: Set(id.to_owned()),
        secret_key_sealed: Set(sealer.seal(&key_purpose(id), keys.secret_key)?),
        secret_key_last4: Set(last4(keys.secret_key).to_owned()),
        webhook_secrets_sealed: Set(sealer.seal(&webhook_purpose(id), &secrets)?),
        livemode: Set(is_live(keys.secret_key)),
        site_id: Set(new.site_id),
        stripe_account: Set(keys.stripe_account.map(str::to_owned)),
        platform: Set(new.site_id.is_none()),
        key_worked_at: Set(keys.tried.and_then(Tried::worked_at)),
        // Versions do not start at 1, so that two successive accounts of one owner never have equal
        // versions.
        version: Set(new.now.millis()),
        created_at: Set(new.now),
        ..Default::default()
    };
    Ok(stripe_account::Entity::insert(row)
        .exec_with_returning(db)
        .await?
        .id)
}

/// Replaces the keys of an account whose owner the caller has locked. The mode cannot change,
/// because a key of the other mode belongs to another account.
///
/// # Errors
/// Fails if the mode differs, or as [`insert`] does.
pub async fn set_keys(
    db: &impl Write,
    sealer: &Sealer,
    account: &stripe_account::Model,
    keys: &Keys<'_>,
) -> anyhow::Result<()> {
    anyhow::ensure!(
        account.livemode == is_live(keys.secret_key),
        "a key of the other mode"
    );
    let id = &account.public_id;
    let secrets = serde_json::to_string(keys.webhook_secrets)?;
    let mut row = stripe_account::ActiveModel {
        id: Set(account.id),
        secret_key_sealed: Set(sealer.seal(&key_purpose(id), keys.secret_key)?),
        secret_key_last4: Set(last4(keys.secret_key).to_owned()),
        webhook_secrets_sealed: Set(sealer.seal(&webhook_purpose(id), &secrets)?),
        version: Set(account.version + 1),
        ..Default::default()
    };
    if let Some(account) = keys.stripe_account {
        row.stripe_account = Set(Some(account.to_owned()));
    }
    if let Some(tried) = keys.tried {
        row.key_worked_at = Set(tried.worked_at());
        row.key_rejected_at = Set(None);
        row.coupons_refused_at = Set(None);
        // The key of before may not have been able to change the endpoint.
        row.endpoint_events = Set(0);
    }
    stripe_account::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Deletes all secret keys and signing secrets, so that no account can be used any more.
pub async fn forget_secrets(db: &impl Write) -> Result<(), DbErr> {
    let nothing = || Expr::value(String::new());
    stripe_account::Entity::update_many()
        .col_expr(Column::SecretKeySealed, nothing())
        .col_expr(Column::WebhookSecretsSealed, nothing())
        .exec(db)
        .await
        .map(|_| ())
}

/// All accounts that the owner has or had in this mode, newest first.
pub async fn of_owner(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    livemode: bool,
) -> Result<Vec<stripe_account::Model>, DbErr> {
    let owned = match site_id {
        Some(site_id) => Column::SiteId.eq(site_id),
        None => Column::Platform.eq(true),
    };
    stripe_account::Entity::find()
        .filter(owned)
        .filter(Column::Livemode.eq(livemode))
        .order_by_desc(Column::Id)
        .all(db)
        .await
}

/// The account's row with encrypted secrets.
pub async fn row(
    db: &impl ConnectionTrait,
    id: StripeAccountId,
) -> Result<Option<stripe_account::Model>, DbErr> {
    static FIND: Prepared = Prepared::new();
    let find = FIND.with(db.get_database_backend(), vec![id.into()], || {
        stripe_account::Entity::find_by_id(id).into_query()
    });
    stripe_account::Model::find_by_statement(find).one(db).await
}

/// The mode of the account with this id; `None` if there is none.
pub async fn mode_of(
    db: &impl ConnectionTrait,
    id: Option<StripeAccountId>,
) -> Result<Option<StripeMode>, DbErr> {
    let Some(id) = id else { return Ok(None) };
    let livemode: Option<bool> = stripe_account::Entity::find_by_id(id)
        .select_only()
        .column(Column::Livemode)
        .into_tuple()
        .one(db)
        .await?;
    Ok(livemode.map(StripeMode::of_livemode))
}

/// Stores the `acct_…` of an account that has none, unless the owner has another row with it.
pub async fn set_stripe_account(
    db: &impl Write,
    id: StripeAccountId,
    account: &str,
) -> Result<(), DbErr> {
    let written = stripe_account::Entity::update_many()
        .col_expr(Column::StripeAccount, Expr::value(account))
        .filter(Column::Id.eq(id))
        .filter(Column::StripeAccount.is_null())
        .exec(db)
        .await;
    match written {
        Err(error) if is_taken(&error) => Ok(()),
        written => written.map(|_| ()),
    }
}

fn last4(secret_key: &str) -> &str {
    let from = secret_key
        .char_indices()
        .rev()
        .nth(3)
        .map_or(0, |(at, _)| at);
    &secret_key[from..]
}

/// Whether the key moves real money.
pub fn is_live(secret_key: &str) -> bool {
    secret_key.contains("_live_")
}

/// The account with this id, its secrets decrypted.
///
/// # Errors
/// Fails if the database fails or the secrets were encrypted under another `APP_SECRET`.
pub async fn by_id(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    id: StripeAccountId,
) -> anyhow::Result<Option<StripeAccount>> {
    open(sealer, row(db, id).await?)
}

/// The account with this id; `None` also if its secrets cannot be decrypted, so that the owner can
/// connect Stripe again.
pub async fn usable(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    id: Option<StripeAccountId>,
) -> Result<Option<StripeAccount>, DbErr> {
    let Some(id) = id else { return Ok(None) };
    by_id(db, sealer, id).await.or_else(|error| {
        let sealed = error.downcast::<DbErr>().map_or_else(Ok, Err)?;
        tracing::error!(account = id.get(), "{sealed:#}");
        Ok(None)
    })
}

/// The account whose webhook endpoint's URL ends with `public_id`. An account whose secrets were
/// deleted from a copy of the database counts as missing, because no delivery can be verified.
///
/// # Errors
/// Fails as [`by_id`] does.
pub async fn by_public_id(
    db: &impl ConnectionTrait,
    sealer: &Sealer,
    public_id: &str,
) -> anyhow::Result<Option<StripeAccount>> {
    static FIND: Prepared = Prepared::new();
    let find = FIND.with(db.get_database_backend(), vec![public_id.into()], || {
        stripe_account::Entity::find()
            .filter(Column::PublicId.eq(public_id))
            .into_query()
    });
    let row = stripe_account::Model::find_by_statement(find)
        .one(db)
        .await?;
    let row = row.filter(|row| !row.webhook_secrets_sealed.is_empty());
    open(sealer, row)
}

/// The number of accounts whose secrets were encrypted under another `APP_SECRET`.
///
/// # Errors
/// If the database fails.
pub async fn sealed_otherwise(db: &impl ConnectionTrait, sealer: &Sealer) -> Result<usize, DbErr> {
    let rows = stripe_account::Entity::find().all(db).await?;
    // A detached copy has none.
    let sealed = rows
        .into_iter()
        .filter(|row| !row.secret_key_sealed.is_empty());
    Ok(sealed
        .filter(|row| opened(sealer, row.clone()).is_err())
        .count())
}

/// Decrypts the secrets of a row.
///
/// # Errors
/// Fails if they were encrypted under another `APP_SECRET`.
pub fn opened(sealer: &Sealer, row: stripe_account::Model) -> anyhow::Result<StripeAccount> {
    let secret_key = sealer.open(&key_purpose(&row.public_id), &row.secret_key_sealed)?;
    let webhook_secrets = sealer.open(
        &webhook_purpose(&row.public_id),
        &row.webhook_secrets_sealed,
    )?;
    let notes = Notes::of(&row);
    Ok(StripeAccount {
        id: row.id,
        secret_key,
        webhook_secrets: serde_json::from_str(&webhook_secrets)?,
        public_id: row.public_id,
        platform: row.platform,
        livemode: row.livemode,
        notes,
        stripe_account: row.stripe_account,
        version: row.version,
        endpoint_id: row.endpoint_id,
    })
}

fn open(
    sealer: &Sealer,
    row: Option<stripe_account::Model>,
) -> anyhow::Result<Option<StripeAccount>> {
    row.map(|row| opened(sealer, row)).transpose()
}

/// What the secret key of the account with this public id is sealed for.
pub fn key_purpose(public_id: &str) -> String {
    format!("secret key of {public_id}")
}

/// What its signing secrets are sealed for.
pub fn webhook_purpose(public_id: &str) -> String {
    format!("webhook secrets of {public_id}")
}
