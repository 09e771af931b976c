//! Connects a site or the platform to its Stripe account, for the command line and the console.

mod audit;
pub mod endpoint;
mod identify;
mod letter;
mod owner;
mod signing_secrets;

use audit::{change, changes};
use domain::{
    forms::FieldError,
    stripe_keys::{
        ByHand, NotIdentified, StripeBefore, TypedStripe, read_stripe_keys, secrets_after,
    },
};
use identify::{Identified, identify};
use store::{
    StripeAccountId, Write, audit_log,
    entities::stripe_account,
    location::Standing,
    stripe_accounts::{self, Keys, NewAccount, StripeAccount},
};

use crate::{Engine, credits};
pub use owner::{By, Endpoint, Owner, Seen, StripeKeys};
pub use signing_secrets::{NotRemoved, remove_secret};

const STRIPE_IS_OFF: &str = "Stripe is off because this database was moved or copied. If it is a copy, \
    run `server detach`. If it was moved, start `server serve --moved`.";

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotConnected {
    /// All errors in `secret_key`, `webhook_secrets` and `same_account` at once.
    Keys(Vec<FieldError>),
    /// Stripe did not answer, so the account of the key is unknown.
    Unanswered,
    /// Somebody else changed the account meanwhile; its present version, or `None` if none is
    /// connected.
    Stale(Option<i64>),
}

/// The account for which keys were saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// The path to enter as the webhook endpoint at Stripe.
    pub path: String,
    /// How many webhook secrets are active.
    pub webhook_secrets: usize,
    /// The owner had this account before.
    pub known_before: bool,
    /// `false`: nothing was typed, so nothing was changed.
    pub changed: bool,
    /// The webhook endpoint; `None` if the address is not known to which Stripe should deliver.
    pub endpoint: Option<Endpoint>,
}

/// Connects `owner` to the Stripe account of a secret key, or changes the keys of the connected
/// account. Stripe says to which account the key belongs. An account that the owner had before
/// keeps its path, its webhook secrets and its customers, so that payments in progress still find
/// their purchases.
///
/// # Errors
/// If the database fails, or the secrets cannot be sealed.
pub async fn connect(
    engine: &Engine,
    owner: Owner<'_>,
    keys: &StripeKeys<'_>,
    by: By<'_>,
) -> anyhow::Result<Result<Connected, NotConnected>> {
    if matches!(engine.standing, Standing::Elsewhere { .. }) {
        let off = FieldError::new("secret_key", STRIPE_IS_OFF);
        return Ok(Err(NotConnected::Keys(vec![off])));
    }
    let connected = owner.connected(engine.db.reader()).await?;
    let seen_now = stripe_accounts::usable(engine.db.reader(), &engine.sealer, connected).await?;
    let typed = TypedStripe {
        secret_key: keys.secret_key,
        webhook_secrets: keys.webhook_secrets,
        same_account: keys.same_account,
    };
    let before = StripeBefore {
        connected: seen_now.as_ref().map(StripeAccount::mode),
        simulated: engine.simulated_payments,
        copy: engine.standing == Standing::Detached,
    };
    let new = match read_stripe_keys(typed, before) {
        Ok(new) => new,
        Err(complaints) => return Ok(Err(NotConnected::Keys(complaints))),
    };
    if let (None, [], Some(account)) = (&new.secret_key, &new.webhook_secrets[..], &seen_now) {
        return Ok(Ok(Connected {
            path: webhook_path(&account.public_id),
            webhook_secrets: account.webhook_secrets.len(),
            known_before: true,
            changed: false,
            endpoint: None,
        }));
    }
    let in_force = seen_now.as_ref().map(|account| account.secret_key.as_str());
    let identified = match new.secret_key.as_deref() {
        Some(key) if in_force != Some(key) => {
            match identify(engine, owner, key, connected, keys.same_account).await? {
                Ok(identified) => identified,
                Err(why) => return Ok(Err(not_identified(why))),
            }
        }
        _ => Identified {
            account: connected,
            stripe_account: None,
            tried: None,
        },
    };
    let tx = engine.db.begin().await?;
    let now = owner.lock(&tx).await?;
    let before = stripe_accounts::usable(&tx, &engine.sealer, now).await?;
    let changed = before.as_ref().map(|one| one.version) != seen_now.map(|one| one.version);
    if let Some(stale) = stale(by.seen, before.as_ref()) {
        return Ok(Err(stale));
    }
    if now != connected || changed {
        let version = before.map(|account| account.version);
        return Ok(Err(NotConnected::Stale(version)));
    }
    let row = match identified.account {
        Some(id) => stripe_accounts::row(&tx, id).await?,
        None => None,
    };
    let given = Keys {
        secret_key: match (&new.secret_key, &before) {
            (Some(key), _) => key,
            (None, Some(account)) => &account.secret_key,
            (None, None) => anyhow::bail!("an empty key was taken where none is in force"),
        },
        webhook_secrets: &new.webhook_secrets,
        stripe_account: identified.stripe_account.as_deref(),
        tried: identified.tried,
    };
    let known_before = row.is_some();
    let id = match row {
        Some(row) => match change_keys(&tx, engine, row, given, keys.replace_secrets).await? {
            Ok(id) => id,
            Err(error) => return Ok(Err(NotConnected::Keys(vec![error]))),
        },
        None => add(&tx, engine, owner, given).await?,
    };
    owner.set(&tx, Some(id)).await?;
    let after = stripe_accounts::by_id(&tx, &engine.sealer, id).await?;
    let fields = changes(before.as_ref(), after.as_ref());
    audit_log::write(&tx, &change(engine, owner, by), fields).await?;
    letter::tell_admins(engine, &tx, owner, by, (before.as_ref(), after.as_ref())).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    if let Err(error) = credits::resume_failed(engine, Some(owner.scope())).await {
        tracing::error!("the sweep will look after failed credits: {error:#}");
    }
    let after =
        after.ok_or_else(|| anyhow::anyhow!("the Stripe account that was just written is gone"))?;
    let endpoint = match keys.base_url {
        Some(base_url) => {
            let ensured = endpoint::ensure(engine, owner, id, base_url, by, false).await;
            // The keys are saved, whatever became of the endpoint.
            Some(ensured.unwrap_or_else(|error| {
                tracing::error!("{error:#}");
                Endpoint::ByHand(ByHand::Unanswered)
            }))
        }
        None => None,
    };
    let created = usize::from(endpoint == Some(Endpoint::Created));
    Ok(Ok(Connected {
        path: webhook_path(&after.public_id),
        webhook_secrets: after.webhook_secrets.len() + created,
        known_before,
        changed: true,
        endpoint,
    }))
}

fn not_identified(why: NotIdentified) -> NotConnected {
    let (field, message) = match why {
        NotIdentified::Unanswered => return NotConnected::Unanswered,
        NotIdentified::WrongKey => (
            "secret_key",
            "Stripe does not know this key. It is wrong or was revoked. Copy another one from \
             Stripe's dashboard.",
        ),
        NotIdentified::AnotherAccount => (
            "same_account",
            "Stripe says that this key belongs to another account. Leave this off to \
             connect that account.",
        ),
        NotIdentified::AskAPerson => (
            "same_account",
            "This restricted key cannot show which account it belongs to. If it is a new key of the \
             connected account, confirm that here. If not, disconnect first.",
        ),
    };
    NotConnected::Keys(vec![FieldError::new(field, message)])
}

/// Disconnects `owner` from Stripe. Past purchases keep their account.
pub async fn disconnect(
    engine: &Engine,
    owner: Owner<'_>,
    by: By<'_>,
) -> anyhow::Result<Result<(), NotConnected>> {
    let tx = engine.db.begin().await?;
    let before = owner.lock(&tx).await?;
    let before = stripe_accounts::usable(&tx, &engine.sealer, before).await?;
    if let Some(stale) = stale(by.seen, before.as_ref()) {
        return Ok(Err(stale));
    }
    owner.set(&tx, None).await?;
    let fields = changes(before.as_ref(), None);
    audit_log::write(&tx, &change(engine, owner, by), fields).await?;
    letter::tell_admins(engine, &tx, owner, by, (before.as_ref(), None)).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(Ok(()))
}

/// The path to which Stripe sends the events of an account.
pub fn webhook_path(public_id: &str) -> String {
    format!("/webhooks/stripe/{public_id}")
}

fn stale(seen: Seen, now: Option<&StripeAccount>) -> Option<NotConnected> {
    let version = now.map(|account| account.version);
    match seen {
        Seen::Version(seen) if seen != version => Some(NotConnected::Stale(version)),
        Seen::Version(_) | Seen::Anything => None,
    }
}

/// Gives an existing account these keys. Webhook secrets in force stay unless they are replaced; an
/// error if those are too many.
async fn change_keys(
    tx: &impl Write,
    engine: &Engine,
    row: stripe_account::Model,
    given: Keys<'_>,
    replace_secrets: bool,
) -> anyhow::Result<Result<StripeAccountId, FieldError>> {
    // Secrets that cannot be opened are lost and must be entered again.
    let former = stripe_accounts::opened(&engine.sealer, row.clone()).ok();
    let kept = former.map(|account| account.webhook_secrets);
    let kept = kept.unwrap_or_default();
    let webhook_secrets = match secrets_after(&kept, given.webhook_secrets, replace_secrets) {
        Ok(secrets) => secrets,
        Err(error) => return Ok(Err(error)),
    };
    let keys = Keys {
        webhook_secrets: &webhook_secrets,
        ..given
    };
    stripe_accounts::set_keys(tx, &engine.sealer, &row, &keys).await?;
    Ok(Ok(row.id))
}

async fn add(
    tx: &impl Write,
    engine: &Engine,
    owner: Owner<'_>,
    keys: Keys<'_>,
) -> anyhow::Result<StripeAccountId> {
    let new = NewAccount {
        public_id: &engine.random.token(),
        site_id: owner.scope().site(),
        keys,
        now: engine.now(),
    };
    stripe_accounts::insert(tx, &engine.sealer, &new).await
}
