//! The Stripe customer of a member or a partner: "auto-created if needed" (the guide), once.

use std::{collections::BTreeMap, sync::Arc};

use domain::{Candidate, Fault, choose_customer};
use sea_orm::DbErr;

use crate::{
    db::{
        entities::{platform_referrer, user},
        platform_referrers, platform_settings,
        sites::Site,
        stripe_accounts::{self, StripeAccount},
        stripe_customers,
    },
    state::AppState,
    stripe::{Customer, NewCustomer, StripeGateway},
};

/// A site's account and the gateway that acts for it.
pub struct Connection {
    /// The account.
    pub account: StripeAccount,
    /// What can be asked of it.
    pub gateway: Arc<dyn StripeGateway>,
}

/// The site's connection to Stripe; `None` where Stripe is not connected, which pages and jobs
/// know as a state of its own.
///
/// # Errors
/// If the database fails.
pub async fn connection(state: &AppState, site: &Site) -> Result<Option<Connection>, DbErr> {
    usable(state, site.row.stripe_account_id).await
}

/// The platform's connection to Stripe; `None` where Stripe is not connected.
///
/// # Errors
/// As [`connection`].
pub async fn platform_connection(state: &AppState) -> Result<Option<Connection>, DbErr> {
    let settings = platform_settings::get(state.db.conn()).await?;
    usable(state, settings.stripe_account_id).await
}

async fn usable(state: &AppState, account_id: Option<i64>) -> Result<Option<Connection>, DbErr> {
    let account = stripe_accounts::usable(state.db.conn(), &state.sealer, account_id).await?;
    Ok(account.and_then(|account| open(state, account).ok()))
}

/// The connection to one account, whoever uses it now.
///
/// # Errors
/// [`Fault::NotConnected`] if there is none. Secrets that do not open are an answer that did not
/// come: once the right `APP_SECRET` is back, they do.
pub async fn connection_to(state: &AppState, account_id: i64) -> Result<Connection, StepError> {
    let account = stripe_accounts::by_id(state.db.conn(), &state.sealer, account_id).await;
    match account.map_err(|error| error.downcast::<DbErr>()) {
        Ok(account) => Ok(open(state, account.ok_or(Fault::NotConnected)?)?),
        Err(Ok(error)) => Err(error.into()),
        Err(Err(sealed)) => {
            tracing::error!(account = account_id, "{sealed:#}");
            Err(Fault::Unknown.into())
        }
    }
}

fn open(state: &AppState, account: StripeAccount) -> Result<Connection, Fault> {
    let gateway = state.stripe.open(&account.secret_key);
    let gateway = gateway.map_err(|_| Fault::NotConnected)?;
    Ok(Connection { account, gateway })
}

/// What a step with both the database and Stripe in it can end in.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Stripe: the rules decide what follows.
    #[error("Stripe: {0:?}")]
    Stripe(Fault),
    /// The database: the step is repeated later.
    #[error(transparent)]
    Database(#[from] sea_orm::DbErr),
}

impl From<Fault> for StepError {
    fn from(fault: Fault) -> Self {
        Self::Stripe(fault)
    }
}

/// Whose balance it is.
pub enum Holder<'a> {
    /// A member of a site.
    Member(&'a Site, &'a user::Model),
    /// A partner of the platform.
    Partner {
        /// Of the installation, the same for all brands.
        realm: &'a str,
        /// The partner.
        partner: &'a platform_referrer::Model,
    },
}

/// The holder's customer: the one we know if it still lives, else the one that we made and whose
/// answer was lost, else a new one. A customer that only shares a member's address is left alone:
/// nobody has proved that the address is theirs, and a balance is money. A partner's is taken
/// (`domain::choose_customer`).
///
/// # Errors
/// What Stripe or the database said.
pub async fn get_or_create(
    state: &AppState,
    connection: &Connection,
    holder: &Holder<'_>,
) -> Result<Customer, StepError> {
    let account_id = connection.account.id;
    if let Some(id) = holder.known(account_id)
        && let Some(customer) = connection.gateway.customer(id).await?.living()
    {
        return Ok(customer);
    }
    let same_address = connection
        .gateway
        .customers_by_email(holder.email())
        .await?;
    let customer = match holder.theirs(same_address) {
        Some(customer) => customer,
        None => create(state, connection, holder).await?,
    };
    match holder.remember(state, account_id, &customer.id).await? {
        true => Ok(customer),
        // Another was made at the same time, around a rolled key, or a partner's address was
        // corrected: whoever tries again finds what stays.
        false => Err(Fault::NotExecuted.into()),
    }
}

async fn create(
    state: &AppState,
    connection: &Connection,
    holder: &Holder<'_>,
) -> Result<Customer, StepError> {
    let new = NewCustomer {
        email: holder.email(),
        name: &holder.name(),
        metadata: holder.metadata(),
    };
    let made = connection.gateway.create_customer(new, &holder.key()).await;
    // Made: another one, should this be deleted, needs another key. A 5xx is stored under the key
    // and would repeat for ever.
    if matches!(made, Ok(_) | Err(Fault::Server)) {
        holder.next_generation(state).await?;
    }
    Ok(made?)
}

impl Holder<'_> {
    /// The customer of this account that we remember.
    fn known(&self, account_id: i64) -> Option<&str> {
        let (id, of) = match self {
            Self::Member(_, member) => (
                &member.stripe_customer_id,
                member.stripe_customer_account_id,
            ),
            Self::Partner { partner, .. } => (
                &partner.stripe_customer_id,
                partner.stripe_customer_account_id,
            ),
        };
        id.as_deref().filter(|_| of == Some(account_id))
    }

    fn email(&self) -> &str {
        match self {
            Self::Member(_, member) => &member.email,
            Self::Partner { partner, .. } => &partner.email,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Member(_, member) => format!("{} {}", member.first_name, member.last_name),
            Self::Partner { partner, .. } => partner.name.clone(),
        }
    }

    /// Our ids.
    fn metadata(&self) -> BTreeMap<String, String> {
        let (realm, name, id) = match self {
            Self::Member(site, member) => (site.row.realm.as_str(), "user_id", member.id),
            Self::Partner { realm, partner } => (*realm, "platform_referrer_id", partner.id),
        };
        BTreeMap::from([
            ("realm".to_owned(), realm.to_owned()),
            (name.to_owned(), id.to_string()),
        ])
    }

    /// The idempotency key under which the next customer is made.
    fn key(&self) -> String {
        match self {
            Self::Member(site, member) => format!(
                "customer:{}:{}:{}",
                site.row.realm, member.id, member.stripe_customer_generation
            ),
            Self::Partner { realm, partner } => format!(
                "partner:{realm}:{}:{}",
                partner.id, partner.stripe_customer_generation
            ),
        }
    }

    /// Which of the customers with the holder's address is the holder's.
    fn theirs(&self, same_address: Vec<Customer>) -> Option<Customer> {
        let ours = self.metadata();
        let is_ours = |customer: &Customer| {
            ours.iter()
                .all(|(name, id)| customer.metadata.get(name) == Some(id))
        };
        match self {
            Self::Member(..) => same_address.into_iter().find(is_ours),
            Self::Partner { .. } => {
                let candidates: Vec<_> = same_address
                    .iter()
                    .map(|customer| Candidate {
                        ours: is_ours(customer),
                        created: customer.created,
                    })
                    .collect();
                let chosen = choose_customer(&candidates)?;
                same_address.into_iter().nth(chosen)
            }
        }
    }

    async fn remember(
        &self,
        state: &AppState,
        account_id: i64,
        customer_id: &str,
    ) -> Result<bool, DbErr> {
        let db = state.db.writer();
        match self {
            Self::Member(_, member) => {
                stripe_customers::set_customer(db, member, account_id, customer_id).await
            }
            Self::Partner { partner, .. } => {
                platform_referrers::set_customer(db, partner, account_id, customer_id).await
            }
        }
    }

    async fn next_generation(&self, state: &AppState) -> Result<(), DbErr> {
        let db = state.db.writer();
        match self {
            Self::Member(_, member) => {
                let used = member.stripe_customer_generation;
                stripe_customers::next_generation(db, member.id, used).await
            }
            Self::Partner { partner, .. } => {
                let used = partner.stripe_customer_generation;
                platform_referrers::next_generation(db, partner.id, used).await
            }
        }
    }
}
