//! Connecting a site, or the platform, to its Stripe account: one way in for the command line and
//! for the console.

mod identify;

use domain::{
    forms::FieldError,
    stripe_keys::{NotIdentified, StripeBefore, TypedStripe, read_stripe_keys},
};
use identify::{Identified, identify};
use sea_orm::{ConnectionTrait, DbErr};
use store::StripeAccountId;
use store::{
    Scope, Write,
    audit_log::{self, Change, Field},
    entities::{stripe_account, user},
    location::Standing,
    platform_settings,
    sites::{self, Site},
    stripe_accounts::{self, Keys, NewAccount, StripeAccount},
};

use crate::{Engine, credits};

const STRIPE_IS_OFF: &str = "Stripe is off, because this database was moved or copied. Run `server \
    detach` if it is a copy, or start `server serve --moved` if it was moved.";

/// Whose account it is.
#[derive(Clone, Copy)]
pub enum Owner<'a> {
    /// A tenant's.
    Site(&'a Site),
    /// The platform's own, of all of its brands.
    Platform,
}

impl Owner<'_> {
    /// Whose program it pays for.
    pub fn scope(self) -> Scope {
        match self {
            Self::Site(site) => Scope::Site(site.id()),
            Self::Platform => Scope::Platform,
        }
    }

    /// The account it has now, locked with its owner until the transaction ends.
    async fn lock(self, db: &impl Write) -> Result<Option<StripeAccountId>, DbErr> {
        match self {
            Self::Site(site) => Ok(sites::lock(db, site.id())
                .await?
                .and_then(|row| row.stripe_account_id)),
            Self::Platform => Ok(platform_settings::lock(db).await?.stripe_account_id),
        }
    }

    /// The account it has now.
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

/// Keys of a Stripe account, as somebody gives them.
#[derive(Clone, Copy, Default)]
pub struct StripeKeys<'a> {
    /// `test` or `live` as chosen; `None` where nothing is chosen and the key says it.
    pub mode: Option<&'a str>,
    /// `sk_…`; empty: the one in force stays.
    pub secret_key: &'a str,
    /// `whsec_…`, several while one is rotated; none: those in force stay.
    pub webhook_secrets: &'a [String],
    /// Somebody says that the secret key is a new one of the account that is connected already. It
    /// counts where Stripe does not tell whose the key is.
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
    /// What is wrong with `mode`, `secret_key`, `webhook_secrets` or `same_account`, all at once.
    Keys(Vec<FieldError>),
    /// Stripe does not answer, and without it nobody knows whose key it is.
    Unanswered,
    /// Somebody else changed it meanwhile; the version that is there now.
    Stale(Option<i64>),
}

/// What keys were saved for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// The path to enter as webhook endpoint at Stripe.
    pub path: String,
    /// How many webhook secrets are in force.
    pub webhook_secrets: usize,
    /// The owner had this account before.
    pub known_before: bool,
}

/// Connects `owner` to the Stripe account of a key, which Stripe tells, or changes its keys. An
/// account that the owner had before keeps its path, its webhook secrets and its customers, so that
/// payments under way still find their purchases.
///
/// # Errors
/// If the database or the sealing fails.
pub async fn connect(
    state: &Engine,
    owner: Owner<'_>,
    keys: &StripeKeys<'_>,
    by: By<'_>,
) -> anyhow::Result<Result<Connected, NotConnected>> {
    if matches!(state.standing, Standing::Elsewhere { .. }) {
        let off = FieldError::new("secret_key", STRIPE_IS_OFF);
        return Ok(Err(NotConnected::Keys(vec![off])));
    }
    let connected = owner.connected(state.db.reader()).await?;
    let seen_now = stripe_accounts::usable(state.db.reader(), &state.sealer, connected).await?;
    let typed = TypedStripe {
        mode: keys.mode,
        secret_key: keys.secret_key,
        webhook_secrets: keys.webhook_secrets,
        same_account: keys.same_account,
    };
    let before = StripeBefore {
        connected: seen_now.as_ref().map(StripeAccount::mode),
        simulated: state.simulated_payments,
        copy: state.standing == Standing::Detached,
    };
    let new = match read_stripe_keys(typed, before) {
        Ok(new) => new,
        Err(complaints) => return Ok(Err(NotConnected::Keys(complaints))),
    };
    let in_force = seen_now.as_ref().map(|account| account.secret_key.as_str());
    let identified = match new.secret_key.as_deref() {
        Some(key) if in_force != Some(key) => {
            match identify(state, owner, key, connected, keys.same_account).await? {
                Ok(identified) => identified,
                Err(why) => return Ok(Err(not_identified(why))),
            }
        }
        _ => Identified {
            account: connected,
            stripe_account: None,
        },
    };
    let tx = state.db.begin().await?;
    let now = owner.lock(&tx).await?;
    let before = stripe_accounts::usable(&tx, &state.sealer, now).await?;
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
        Some(row) => change_keys(&tx, state, row, given).await?,
        None => add(&tx, state, owner, given).await?,
    };
    owner.set(&tx, Some(id)).await?;
    let after = stripe_accounts::by_id(&tx, &state.sealer, id).await?;
    let fields = changes(before.as_ref(), after.as_ref());
    audit_log::write(&tx, &change(state, owner, by), fields).await?;
    tx.commit().await?;
    if let Err(error) = credits::go_on(state, Some(owner.scope())).await {
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
            "Stripe does not know this key: it is wrong or was revoked. Take another from Stripe's \
             dashboard.",
        ),
        NotIdentified::AnotherAccount => (
            "same_account",
            "Stripe says that this key is another account's, not a new key of the one that is \
             connected. Leave this out to change to the other account.",
        ),
        NotIdentified::AskAPerson => (
            "same_account",
            "This restricted key may not say whose account it is. If it is a new key of the account \
             that is connected, say so here. If it is another account's, disconnect first.",
        ),
    };
    NotConnected::Keys(vec![FieldError::new(field, message)])
}

/// Disconnects `owner` from Stripe. Its past purchases keep their account.
///
/// # Errors
/// If the database fails.
pub async fn disconnect(
    state: &Engine,
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

fn stale(seen: Seen, now: Option<&StripeAccount>) -> Option<NotConnected> {
    let version = now.map(|account| account.version);
    match seen {
        Seen::Version(seen) if seen != version => Some(NotConnected::Stale(version)),
        Seen::Version(_) | Seen::Anything => None,
    }
}

/// Gives a row of the owner these keys; webhook secrets that are not given stay.
async fn change_keys(
    tx: &impl Write,
    state: &Engine,
    row: stripe_account::Model,
    given: Keys<'_>,
) -> anyhow::Result<StripeAccountId> {
    // Those that do not open are lost: they have to be given anew.
    let former = stripe_accounts::opened(&state.sealer, row.clone()).ok();
    let kept = former.map(|account| account.webhook_secrets);
    let webhook_secrets = match (given.webhook_secrets, &kept) {
        ([], Some(kept)) => kept.as_slice(),
        (given, _) => given,
    };
    let keys = Keys {
        webhook_secrets,
        ..given
    };
    stripe_accounts::set_keys(tx, &state.sealer, &row, &keys).await?;
    Ok(row.id)
}

async fn add(
    tx: &impl Write,
    state: &Engine,
    owner: Owner<'_>,
    keys: Keys<'_>,
) -> anyhow::Result<StripeAccountId> {
    let new = NewAccount {
        public_id: &state.random.token(),
        site_id: owner.scope().site(),
        keys,
        now: state.now(),
    };
    stripe_accounts::insert(tx, &state.sealer, &new).await
}

fn change<'a>(state: &Engine, owner: Owner<'_>, by: By<'a>) -> Change<'a> {
    Change {
        site_id: owner.scope().site(),
        actor: by.actor,
        subject: "Stripe",
        now: state.now(),
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
