//! Connecting a site, or the platform, to its Stripe account: one way in for the command line and
//! for the console.

use domain::FieldError;
use sea_orm::{ConnectionTrait, DbErr};

use crate::{
    db::{
        audit_log::{self, Change, Field},
        entities::user,
        platform_settings,
        sites::{self, Site},
        stripe_accounts::{self, NewAccount, StripeAccount},
    },
    state::AppState,
};

/// The shortest webhook secret that we believe in: an empty one would let anybody sign.
const SHORTEST_SECRET: usize = 12;

/// Whose account it is.
#[derive(Clone, Copy)]
pub enum Owner<'a> {
    /// A tenant's.
    Site(&'a Site),
    /// The platform's own, of all of its brands.
    Platform,
}

impl Owner<'_> {
    /// `audit_log.site_id`.
    pub fn site_id(self) -> Option<i64> {
        match self {
            Self::Site(site) => Some(site.id()),
            Self::Platform => None,
        }
    }

    /// The account it has now, locked with its owner until the transaction ends.
    async fn lock(self, db: &impl ConnectionTrait) -> Result<Option<i64>, DbErr> {
        match self {
            Self::Site(site) => Ok(sites::lock(db, site.id())
                .await?
                .and_then(|row| row.stripe_account_id)),
            Self::Platform => Ok(platform_settings::lock(db).await?.stripe_account_id),
        }
    }

    async fn set(self, db: &impl ConnectionTrait, account: Option<i64>) -> Result<(), DbErr> {
        match self {
            Self::Site(site) => sites::set_stripe_account(db, site.id(), account).await,
            Self::Platform => platform_settings::set_stripe_account(db, account).await,
        }
    }
}

/// Keys of a Stripe account, as somebody gives them.
#[derive(Clone, Copy, Default)]
pub struct StripeKeys<'a> {
    /// `sk_…`; empty: the one in force stays.
    pub secret_key: &'a str,
    /// `whsec_…`, several while one is rotated; none: those in force stay.
    pub webhook_secrets: &'a [String],
    /// The secret key is a new one of the account that is connected already.
    pub same_account: bool,
}

/// Who changes it, and what they saw before.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// `None`: the command line.
    pub actor: Option<&'a user::Model>,
    /// What the form was filled from.
    pub seen: Seen,
}

impl By<'_> {
    /// The command line: it sees nothing before and changes what it names.
    pub const COMMAND_LINE: Self = By {
        actor: None,
        seen: Seen::Anything,
    };
}

/// What somebody saw before they changed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing in particular: whatever is there is replaced.
    Anything,
    /// The account at this version; `None`: nothing was connected.
    Version(Option<i64>),
}

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotConnected {
    /// What is wrong with `secret_key`, `webhook_secrets` or `same_account`, all at once.
    Keys(Vec<FieldError>),
    /// Somebody else changed it meanwhile; the version that is there now.
    Stale(Option<i64>),
}

/// Connects `owner` to its Stripe account; answers the path to enter as webhook endpoint there. For
/// the account that is connected already, the keys change and the path stays, so that payments
/// under way still find their purchases.
///
/// # Errors
/// If the database or the sealing fails.
pub async fn connect(
    state: &AppState,
    owner: Owner<'_>,
    keys: &StripeKeys<'_>,
    by: By<'_>,
) -> anyhow::Result<Result<String, NotConnected>> {
    let complaints = complaints_about(keys);
    if !complaints.is_empty() {
        return Ok(Err(NotConnected::Keys(complaints)));
    }
    let tx = state.db.begin().await?;
    let before = owner.lock(&tx).await?;
    let before = stripe_accounts::usable(&tx, &state.sealer, before).await?;
    if let Some(stale) = stale(by.seen, before.as_ref()) {
        return Ok(Err(stale));
    }
    let kept = before.as_ref().filter(|account| {
        keys.same_account || ["", account.secret_key.as_str()].contains(&keys.secret_key)
    });
    let after = match kept {
        Some(account) => rotate(&tx, state, account, keys).await?,
        None => match missing(keys) {
            Some(complaint) => return Ok(Err(NotConnected::Keys(vec![complaint]))),
            None => add(&tx, state, owner, keys).await?,
        },
    };
    let path = webhook_path(&after.public_id);
    let fields = changes(before.as_ref(), Some(&after));
    audit_log::write(&tx, &change(state, owner, by), fields).await?;
    tx.commit().await?;
    Ok(Ok(path))
}

/// Disconnects `owner` from Stripe. Its past purchases keep their account.
///
/// # Errors
/// If the database fails.
pub async fn disconnect(
    state: &AppState,
    owner: Owner<'_>,
    by: By<'_>,
) -> anyhow::Result<Result<(), NotConnected>> {
    let tx = state.db.begin().await?;
    let before = owner.lock(&tx).await?;
    let before = stripe_accounts::usable(&tx, &state.sealer, before).await?;
    if let Some(stale) = stale(by.seen, before.as_ref()) {
        return Ok(Err(stale));
    }
    owner.set(&tx, None).await?;
    let fields = changes(before.as_ref(), None);
    audit_log::write(&tx, &change(state, owner, by), fields).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Where Stripe sends the events of an account.
pub fn webhook_path(public_id: &str) -> String {
    format!("/webhooks/stripe/{public_id}")
}

fn complaints_about(keys: &StripeKeys<'_>) -> Vec<FieldError> {
    let mut complaints = Vec::new();
    let is_secret = |key: &str| key.starts_with("sk_") || key.starts_with("rk_");
    if !keys.secret_key.is_empty() && !is_secret(keys.secret_key) {
        complaints.push(FieldError::new(
            "secret_key",
            "Take the secret key, sk_test_… or sk_live_…, not the publishable one.",
        ));
    }
    let whole = |secret: &String| secret.starts_with("whsec_") && secret.len() >= SHORTEST_SECRET;
    if !keys.webhook_secrets.iter().all(whole) {
        complaints.push(FieldError::new(
            "webhook_secrets",
            "Take the endpoint's signing secret, whsec_…, without spaces.",
        ));
    }
    complaints
}

/// What a new account cannot do without.
fn missing(keys: &StripeKeys<'_>) -> Option<FieldError> {
    if keys.same_account {
        let nothing = "No Stripe account is connected yet.";
        return Some(FieldError::new("same_account", nothing));
    }
    keys.secret_key.is_empty().then(|| {
        let needed = "Take the secret key, sk_test_… or sk_live_…, from Stripe's dashboard.";
        FieldError::new("secret_key", needed)
    })
}

fn stale(seen: Seen, now: Option<&StripeAccount>) -> Option<NotConnected> {
    let version = now.map(|account| account.version);
    match seen {
        Seen::Version(seen) if seen != version => Some(NotConnected::Stale(version)),
        Seen::Version(_) | Seen::Anything => None,
    }
}

async fn rotate(
    tx: &impl ConnectionTrait,
    state: &AppState,
    account: &StripeAccount,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<StripeAccount> {
    let secret_key = match keys.secret_key {
        "" => account.secret_key.as_str(),
        given => given,
    };
    let webhook_secrets = match keys.webhook_secrets {
        [] => account.webhook_secrets.as_slice(),
        given => given,
    };
    stripe_accounts::set_keys(tx, &state.sealer, account, secret_key, webhook_secrets).await?;
    Ok(StripeAccount {
        secret_key: secret_key.to_owned(),
        webhook_secrets: webhook_secrets.to_vec(),
        ..account.clone()
    })
}

async fn add(
    tx: &impl ConnectionTrait,
    state: &AppState,
    owner: Owner<'_>,
    keys: &StripeKeys<'_>,
) -> anyhow::Result<StripeAccount> {
    let public_id = state.random.token();
    let new = NewAccount {
        public_id: &public_id,
        secret_key: keys.secret_key,
        webhook_secrets: keys.webhook_secrets,
        platform: matches!(owner, Owner::Platform),
        now_ms: state.clock.now_ms(),
    };
    let id = stripe_accounts::insert(tx, &state.sealer, &new).await?;
    owner.set(tx, Some(id)).await?;
    let made = stripe_accounts::by_id(tx, &state.sealer, id).await?;
    made.ok_or_else(|| anyhow::anyhow!("the Stripe account that was just made is not there"))
}

fn change<'a>(state: &AppState, owner: Owner<'_>, by: By<'a>) -> Change<'a> {
    Change {
        site_id: owner.site_id(),
        actor: by.actor,
        subject: "Stripe",
        now_ms: state.clock.now_ms(),
    }
}

/// What the audit log says: never a secret, of a key only its end.
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

/// `differ`: the secrets do, even where what may be said of them is the same.
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
