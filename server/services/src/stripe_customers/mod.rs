//! The Stripe customer of a member or a partner: made if there is none (`docs/rules.md` 25), once for each
//! account.

mod adopted;
pub mod balance;

use std::{collections::BTreeMap, sync::Arc};
use store::StripeAccountId;

use domain::{
    credit::Fault,
    referral::{Candidate, choose_customer},
};
use sea_orm::DbErr;
use store::{
    entities::{platform_referrer, stripe_customer, user},
    platform_settings,
    sites::Site,
    stripe_accounts::{self, StripeAccount},
    stripe_customers::{self, HolderId},
};
use stripe_gateway::{Customer, NewCustomer, StripeGateway};

use crate::Engine;

pub use adopted::mark_adopted;

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
pub async fn connection(state: &Engine, site: &Site) -> Result<Option<Connection>, DbErr> {
    usable(state, site.row.stripe_account_id).await
}

/// The platform's connection to Stripe; `None` where Stripe is not connected.
///
/// # Errors
/// As [`connection`].
pub async fn platform_connection(state: &Engine) -> Result<Option<Connection>, DbErr> {
    let settings = platform_settings::get(state.db.reader()).await?;
    usable(state, settings.stripe_account_id).await
}

async fn usable(
    state: &Engine,
    account_id: Option<StripeAccountId>,
) -> Result<Option<Connection>, DbErr> {
    let account = stripe_accounts::usable(state.db.reader(), &state.sealer, account_id).await?;
    Ok(account.and_then(|account| open(state, account).ok()))
}

/// The connection to one account, whoever uses it now.
///
/// # Errors
/// [`Fault::NotConnected`] if there is none. Secrets that do not open are an answer that did not
/// come: once the right `APP_SECRET` is back, they do.
pub async fn connection_to(
    state: &Engine,
    account_id: StripeAccountId,
) -> Result<Connection, StepError> {
    let account = stripe_accounts::by_id(state.db.reader(), &state.sealer, account_id).await;
    match account.map_err(|error| error.downcast::<DbErr>()) {
        Ok(account) => Ok(open(state, account.ok_or(Fault::NotConnected)?)?),
        Err(Ok(error)) => Err(error.into()),
        Err(Err(sealed)) => {
            tracing::error!(account = account_id.get(), "{sealed:#}");
            Err(Fault::Unknown.into())
        }
    }
}

fn open(state: &Engine, account: StripeAccount) -> Result<Connection, Fault> {
    let gateway = state.stripe.open(&account.secret_key);
    let gateway = gateway.map_err(|_| Fault::NotConnected)?;
    Ok(Connection { account, gateway })
}

/// The metadata under which a customer carries the installation that made it.
const REALM: &str = "realm";
/// The metadata under which a customer carries the token of the member or partner whose it is.
const HOLDER: &str = "holder";

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

/// The holder's customer: the one we know if it still lives, also where we know it from another
/// connection of the same account of Stripe; else the one that we made and whose answer was lost, else
/// a new one. A customer that only shares a member's address is left alone: nobody has proved that the
/// address is theirs, and a balance is money. A partner's is taken (`domain::referral::choose_customer`).
///
/// # Errors
/// What Stripe or the database said.
pub async fn get_or_create(
    state: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
) -> Result<Customer, StepError> {
    let row = row_of(state, connection, holder).await?;
    if let Some(id) = &row.customer_id
        && let Some(customer) = connection.gateway.customer(id).await?.living()
    {
        return Ok(customer);
    }
    if let Some(customer) = known_elsewhere(state, connection, holder, &row).await? {
        return Ok(customer);
    }
    let same_address = connection
        .gateway
        .customers_by_email(holder.email())
        .await?;
    let customer = match holder.theirs(same_address) {
        Some(customer) => customer,
        None => create(state, connection, holder, &row).await?,
    };
    remember(state, holder, &row, customer).await
}

/// The id of the holder's customer at this account, where one is known, without asking whether it
/// lives; also one that is known from another connection of the same account of Stripe.
///
/// # Errors
/// As [`get_or_create`].
pub async fn known_customer(
    state: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
) -> Result<Option<String>, StepError> {
    let (db, account) = (state.db.reader(), &connection.account);
    let known = stripe_customers::get(db, account.id, holder.id()).await?;
    if let Some(id) = known.and_then(|row| row.customer_id) {
        return Ok(Some(id));
    }
    let elsewhere = stripe_customers::elsewhere(db, account.id, account.livemode, holder.id());
    if elsewhere.await?.is_empty() {
        return Ok(None);
    }
    let row = row_of(state, connection, holder).await?;
    let found = known_elsewhere(state, connection, holder, &row).await?;
    Ok(found.map(|customer| customer.id))
}

async fn row_of(
    state: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
) -> Result<stripe_customer::Model, DbErr> {
    let (db, account) = (state.db.writer(), connection.account.id);
    let token = state.random.token();
    stripe_customers::get_or_insert(db, account, holder.id(), &token).await
}

/// A customer that is remembered at another account of ours, if the present key sees it: then that is
/// the same account of Stripe, connected anew, and the credit is there.
async fn known_elsewhere(
    state: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
    row: &stripe_customer::Model,
) -> Result<Option<Customer>, StepError> {
    let (db, account) = (state.db.reader(), &connection.account);
    let others = stripe_customers::elsewhere(db, account.id, account.livemode, holder.id()).await?;
    for other in others {
        if other.customer_id == row.customer_id {
            continue;
        }
        if let Some(id) = other.customer_id
            && let Some(customer) = connection.gateway.customer(&id).await?.living()
        {
            return Ok(Some(remember(state, holder, row, customer).await?));
        }
    }
    Ok(None)
}

async fn remember(
    state: &Engine,
    holder: &Holder<'_>,
    row: &stripe_customer::Model,
    customer: Customer,
) -> Result<Customer, StepError> {
    let (db, email) = (state.db.writer(), holder.email());
    let marked = holder.is_on(&customer);
    match stripe_customers::set_customer(db, row, email, &customer.id, marked).await? {
        true => Ok(customer),
        // Another was made at the same time, around a rolled key, or a partner's address was
        // corrected: whoever tries again finds what stays.
        false => Err(Fault::NotExecuted.into()),
    }
}

async fn create(
    state: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
    row: &stripe_customer::Model,
) -> Result<Customer, StepError> {
    let new = NewCustomer {
        email: holder.email(),
        name: &holder.name(),
        metadata: holder.metadata(),
    };
    let key = holder.key(row);
    let made = connection.gateway.create_customer(new, &key).await;
    // Made: another one, should this be deleted, needs another key. A 5xx is stored under the key
    // and would repeat for ever, and so would what is said of a key that is known with another name.
    if matches!(made, Ok(_) | Err(Fault::Server | Fault::KeyReused)) {
        stripe_customers::next_generation(state.db.writer(), row).await?;
    }
    Ok(made?)
}

impl Holder<'_> {
    /// Whose.
    pub fn id(&self) -> HolderId {
        match self {
            Self::Member(_, member) => HolderId::Member(member.id),
            Self::Partner { partner, .. } => HolderId::Partner(partner.id),
        }
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

    /// What a customer of ours carries: whose it is, by the holder's random token.
    pub fn metadata(&self) -> BTreeMap<String, String> {
        let (realm, token) = match self {
            Self::Member(site, member) => (site.row.realm.as_str(), &member.token),
            Self::Partner { realm, partner } => (*realm, &partner.token),
        };
        BTreeMap::from([
            (REALM.to_owned(), realm.to_owned()),
            (HOLDER.to_owned(), token.clone()),
        ])
    }

    /// Whether this customer, which has the holder's address, carries our metadata. Ones that were
    /// made before holders had tokens carry the holder's number.
    fn is_on(&self, customer: &Customer) -> bool {
        let has = |name: &str, text: &str| customer.metadata.get(name).is_some_and(|of| of == text);
        if customer.metadata.contains_key(HOLDER) {
            return self.metadata().iter().all(|(name, text)| has(name, text));
        }
        let (realm, name, id) = match self {
            Self::Member(site, member) => (site.row.realm.as_str(), "user_id", member.id.get()),
            Self::Partner { realm, partner } => (*realm, "platform_referrer_id", partner.id.get()),
        };
        has(REALM, realm) && has(name, &id.to_string())
    }

    /// The idempotency key under which the next customer is made.
    fn key(&self, row: &stripe_customer::Model) -> String {
        let made = row.generation;
        match (self, &row.key_token) {
            (_, Some(token)) => format!("customer:{token}:{made}"),
            (Self::Member(site, member), None) => {
                format!("customer:{}:{}:{made}", site.row.realm, member.id)
            }
            (Self::Partner { realm, partner }, None) => {
                format!("partner:{realm}:{}:{made}", partner.id)
            }
        }
    }

    /// Which of the customers with the holder's address is the holder's.
    fn theirs(&self, same_address: Vec<Customer>) -> Option<Customer> {
        match self {
            Self::Member(..) => same_address
                .into_iter()
                .find(|customer| self.is_on(customer)),
            Self::Partner { .. } => {
                let candidates: Vec<_> = same_address
                    .iter()
                    .map(|customer| Candidate {
                        ours: self.is_on(customer),
                        created: customer.created,
                    })
                    .collect();
                let chosen = choose_customer(&candidates)?;
                same_address.into_iter().nth(chosen)
            }
        }
    }
}
