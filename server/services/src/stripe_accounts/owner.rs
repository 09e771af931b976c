//! The owner of a Stripe account, and who changes the connection.

use domain::stripe_keys::ByHand;
use sea_orm::{ConnectionTrait, DbErr};
use store::{
    Scope, StripeAccountId, Write,
    entities::user,
    platform_settings,
    sites::{self, Site},
};

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
    pub(super) async fn lock(self, db: &impl Write) -> Result<Option<StripeAccountId>, DbErr> {
        match self {
            Self::Site(site) => Ok(sites::lock(db, site.id())
                .await?
                .and_then(|row| row.stripe_account_id)),
            Self::Platform => Ok(platform_settings::lock(db).await?.stripe_account_id),
        }
    }

    /// The connected account as it is stored now.
    pub async fn connected(
        self,
        db: &impl ConnectionTrait,
    ) -> Result<Option<StripeAccountId>, DbErr> {
        match self {
            Self::Site(site) => {
                let now = sites::by_id(db, site.id()).await?;
                Ok(now.and_then(|site| site.row.stripe_account_id))
            }
            Self::Platform => Ok(platform_settings::get(db).await?.stripe_account_id),
        }
    }

    pub(super) async fn set(
        self,
        db: &impl Write,
        account: Option<StripeAccountId>,
    ) -> Result<(), DbErr> {
        match self {
            Self::Site(site) => sites::set_stripe_account(db, site.id(), account).await,
            Self::Platform => platform_settings::set_stripe_account(db, account).await,
        }
    }
}

/// Keys of a Stripe account, as a person enters them.
#[derive(Clone, Copy, Default)]
pub struct StripeKeys<'a> {
    /// `sk_…`, which says its mode; empty keeps the current key.
    pub secret_key: &'a str,
    /// `whsec_…`; those in force stay beside them. None: a webhook endpoint is created if no secret
    /// is in force.
    pub webhook_secrets: &'a [String],
    /// The secrets in force are replaced and not added to.
    pub replace_secrets: bool,
    /// The person says that the secret key is a new key of the connected account. This counts only
    /// if Stripe does not say to which account the key belongs.
    pub same_account: bool,
    /// `https://detroitarms.com`: where Stripe delivers events; `None` where that is not known.
    pub base_url: Option<&'a str>,
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

/// The webhook endpoint of a connected account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A signing secret was in force already.
    Kept,
    /// It was created at Stripe.
    Created,
    /// A person must create it.
    ByHand(ByHand),
}
