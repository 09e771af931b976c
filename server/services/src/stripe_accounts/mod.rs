//! Connects a site or the platform to its Stripe account, for the command line and the console.

mod identify;

use domain::{
    forms::FieldError,
    stripe_keys::{NotIdentified, StripeBefore, TypedStripe, read_stripe_keys},
};
use identify::{Identified, identify};
use sea_orm::{ConnectionTrait, DbErr};
use store::{
    Scope, StripeAccountId, Write,
    audit_log::{self, Change, Field},
    entities::{stripe_account, user},
    location::Standing,
    platform_settings,
    sites::{self, Site},
    stripe_accounts::{self, Keys, NewAccount, StripeAccount},
};

use crate::{Engine, credits};

const STRIPE_IS_OFF: &str = "Stripe is off because this database was moved or copied. If it is a copy, \
    run `server detach`. If it was moved, start `server serve --moved`.";

/// The owner of a Stripe account.
#[derive(Clone, Copy)]
pub enum Owner<'a> {
    Site(&'a Site),
    /// The platform, for all of its brands.
    Platform,
}

impl Owner<'_> {
    /// The scope whose program the account pays for.
    pub fn scope(self) -> Scope {
        match self {
            Self::Site(site) => Scope::Site(site.id()),
            Self::Platform => Scope::Platform,
        }
    }

    /// The connected account, locked with its owner until the transaction ends.
    async fn lock(self, db: &impl Write) -> Result<Option<StripeAccountId>, DbErr> {
        match self {
            Self::Site(site) => Ok(sites::lock(db, site.id())
                .await?
                .and_then(|row| row.stripe_account_id)),
            Self::Platform => Ok(platform_settings::lock(db).await?.stripe_account_id),
        }
    }

    async fn connected(self, db: &impl ConnectionTrait) -> Result<Option<StripeAccountId>, DbErr> {
        match self {
            Self::Site(site) => {
                let now = sites::by_id(db, site.id()).await?;
                Ok(now.and_then(|site| site.row.stripe_account_id))
            }
            Self::Platform => Ok(platform_settings::get(db).await?.stripe_account_id),
        }
    }

    async fn set(self, db: &impl Write, account: Option<StripeAccountId>) -> Result<(), DbErr> {
        match self {
            Self::Site(site) => sites::set_stripe_account(db, site.id(), account).await,
            Self::Platform => platform_settings::set_stripe_account(db, account).await,
        }
    }
}

/// Keys of a Stripe account, as a person enters them.
#[derive(Clone, Copy, Default)]
pub struct StripeKeys<'a> {
    /// `test` or `live` if the person chose one; `None`: the key itself says the mode.
    pub mode: Option<&'a str>,
    /// `sk_…`; empty keeps the current key.
    pub secret_key: &'a str,
    /// `whsec_…`, several during a rotation; empty keeps the current ones.
    pub webhook_secrets: &'a [String],
    /// The person says that the secret key is a new key of the connected account. This counts only
    /// if Stripe does not say to which account the key belongs.
    pub same_account: bool,
}

/// Who makes a change, and which state they saw before it.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// The admin; `None` for the command line.
    pub actor: Option<&'a user::Model>,
    /// The state from which the form was filled.
    pub seen: Seen,
}

impl By<'_> {
    /// The command line: it shows no earlier state, and replaces whatever it names.
    pub const COMMAND_LINE: Self = By {
        actor: None,
        seen: Seen::Anything,
    };
}

/// The state that a person saw before a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No particular state: whatever is there is replaced.
    Anything,
    /// The account at this version; `None`: no account was connected.
    Version(Option<i64>),
}

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotConnected {
    /// All errors in `mode`, `secret_key`, `webhook_secrets` and `same_account` at once.
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
        mode: keys.mode,
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
    };
    let known_before = row.is_some();
    let id = match row {
        Some(row) => change_keys(&tx, engine, row, given).await?,
        None => add(&tx, engine, owner, given).await?,
    };
    owner.set(&tx, Some(id)).await?;
    let after = stripe_accounts::by_id(&tx, &engine.sealer, id).await?;
    let fields = changes(before.as_ref(), after.as_ref());
    audit_log::write(&tx, &change(engine, owner, by), fields).await?;
    tx.commit().await?;
    if let Err(error) = credits::resume_failed(engine, Some(owner.scope())).await {
        tracing::error!("the sweep will look after failed credits: {error:#}");
    }
    let after =
        after.ok_or_else(|| anyhow::anyhow!("the Stripe account that was just written is gone"))?;
    Ok(Ok(Connected {
        path: webhook_path(&after.public_id),
        webhook_secrets: after.webhook_secrets.len(),
        known_before,
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
    tx.commit().await?;
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

/// Gives an existing account these keys. Webhook secrets that are not given stay.
async fn change_keys(
    tx: &impl Write,
    engine: &Engine,
    row: stripe_account::Model,
    given: Keys<'_>,
) -> anyhow::Result<StripeAccountId> {
    // Secrets that cannot be opened are lost and must be entered again.
    let former = stripe_accounts::opened(&engine.sealer, row.clone()).ok();
    let kept = former.map(|account| account.webhook_secrets);
    let webhook_secrets = match (given.webhook_secrets, &kept) {
        ([], Some(kept)) => kept.as_slice(),
        (given, _) => given,
    };
    let keys = Keys {
        webhook_secrets,
        ..given
    };
    stripe_accounts::set_keys(tx, &engine.sealer, &row, &keys).await?;
    Ok(row.id)
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

fn change<'a>(engine: &Engine, owner: Owner<'_>, by: By<'a>) -> Change<'a> {
    Change {
        site_id: owner.scope().site(),
        actor: by.actor,
        subject: "Stripe",
        now: engine.now(),
    }
}

/// The fields for the audit log: never a secret, and only the end of a key.
fn changes(
    before: Option<&StripeAccount>,
    after: Option<&StripeAccount>,
) -> impl IntoIterator<Item = Field<'static>> {
    let key = |account: &StripeAccount| {
        let mode = if account.livemode { "live" } else { "test" };
        format!("…{} ({mode})", account.last4())
    };
    let secrets = |account: &StripeAccount| account.webhook_secrets.len().to_string();
    let both = before.zip(after);
    let other_key = both.is_some_and(|(old, new)| old.secret_key != new.secret_key);
    let others = both.is_some_and(|(old, new)| old.webhook_secrets != new.webhook_secrets);
    [
        field("Secret key", before.map(key), after.map(key), other_key),
        field(
            "Webhook secrets",
            before.map(secrets),
            after.map(secrets),
            others,
        ),
    ]
}

/// `differ`: the secrets differ, even if the part that may be shown is the same.
fn field(
    name: &'static str,
    old: Option<String>,
    new: Option<String>,
    differ: bool,
) -> Field<'static> {
    let new = match new {
        Some(new) if differ && old.as_ref() == Some(&new) => Some(format!("{new}, another")),
        new => new,
    };
    Field { name, old, new }
}
