//! The Stripe customer of a member or a platform referrer: created if there is none
//! (`docs/rules.md` 25), once in each Stripe account.

pub mod addresses;
mod adopted;
pub mod balance;
pub mod billing;
mod claim;
mod holder;
mod key_notes;
pub mod lost;
pub mod moves;
pub(crate) mod observed;
mod ours;
mod owner;
pub mod platform_referrers;
pub mod reserved;
mod round;
pub mod statement;

use std::sync::Arc;

use domain::{credit::StripeError, referral::CustomerSource};
use sea_orm::DbErr;
use store::{
    StripeAccountId,
    entities::stripe_customer,
    platform_settings,
    sites::Site,
    stripe_accounts::{self, StripeAccount},
    stripe_customers::{self, Known},
};
use stripe_gateway::{Customer, NewCustomer, StripeGateway};

use crate::Engine;

pub use adopted::mark_adopted;
pub use claim::Claim;
pub use holder::{Holder, billing_email};
pub(crate) use ours::own;

/// A Stripe account and the gateway that acts for it.
pub struct Connection {
    pub account: StripeAccount,
    /// Sends requests under the account's secret key.
    pub gateway: Arc<dyn StripeGateway>,
}

/// The site's connection to Stripe; `None` if Stripe is not connected, which is a normal state for
/// pages and jobs.
pub async fn connection(engine: &Engine, site: &Site) -> Result<Option<Connection>, DbErr> {
    usable(engine, site.row.stripe_account_id).await
}

/// The platform's connection to Stripe; `None` if Stripe is not connected.
pub async fn platform_connection(engine: &Engine) -> Result<Option<Connection>, DbErr> {
    let settings = platform_settings::get(engine.db.reader()).await?;
    usable(engine, settings.stripe_account_id).await
}

async fn usable(
    engine: &Engine,
    account_id: Option<StripeAccountId>,
) -> Result<Option<Connection>, DbErr> {
    let account = stripe_accounts::usable(engine.db.reader(), &engine.sealer, account_id).await?;
    Ok(account.and_then(|account| open(engine, account).ok()))
}

/// The connection to one account, whether or not a program still uses it.
///
/// # Errors
/// [`StripeError::NotConnected`] if there is none. [`StripeError::OutcomeUnknown`], which is retried, if the secrets
/// cannot be opened: once the right `APP_SECRET` is back, they can.
pub async fn connection_to(
    engine: &Engine,
    account_id: StripeAccountId,
) -> Result<Connection, StepError> {
    let account = stripe_accounts::by_id(engine.db.reader(), &engine.sealer, account_id).await;
    match account.map_err(|error| error.downcast::<DbErr>()) {
        Ok(account) => Ok(open(engine, account.ok_or(StripeError::NotConnected)?)?),
        Err(Ok(error)) => Err(error.into()),
        Err(Err(sealed)) => {
            tracing::error!(account = account_id.get(), "{sealed:#}");
            Err(StripeError::OutcomeUnknown.into())
        }
    }
}

fn open(engine: &Engine, account: StripeAccount) -> Result<Connection, StripeError> {
    let gateway = engine.stripe.open(&account.secret_key);
    let gateway = gateway.map_err(|_| StripeError::NotConnected)?;
    Ok(Connection { account, gateway })
}

/// The error of a step that uses both the database and Stripe.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// A Stripe error: the rules decide what follows.
    #[error("Stripe: {0:?}")]
    Stripe(StripeError),
    /// A database error: the step is repeated later.
    #[error(transparent)]
    Database(#[from] sea_orm::DbErr),
}

impl From<StripeError> for StepError {
    fn from(error: StripeError) -> Self {
        Self::Stripe(error)
    }
}

/// The holder's customer. In this order: the stored one, if it still exists; one that is stored for
/// another connection of the same Stripe account; one that carries our metadata, as its answer or
/// our row was lost; a new one.
///
/// A customer that only shares the holder's e-mail address is not taken: anybody may have typed it
/// at Stripe, and a balance is money. For a platform referrer an admin may choose one (`platform_referrers`).
///
/// The customer carries our metadata then, so that what is posted to it is found even if our row of
/// it is lost.
///
/// # Errors
/// The error of Stripe or of the database.
pub async fn get_or_create(
    engine: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
) -> Result<Customer, StepError> {
    let row = row_of(engine, connection, holder).await?;
    if let Some(id) = &row.customer_id
        && let Some(customer) = connection.gateway.customer(id).await?.living()
    {
        return own(engine, connection, holder, &row, customer).await;
    }
    if let Some(customer) = known_elsewhere(engine, connection, holder, &row).await? {
        return own(engine, connection, holder, &row, customer).await;
    }
    let customer = match ours::find(connection, holder).await? {
        Some(customer) => customer,
        None => create(engine, connection, holder, &row).await?,
    };
    remember(engine, holder, &row, customer, Some(CustomerSource::Made)).await
}

/// The id of the holder's customer in this account, if one is stored, without checking that it
/// still exists. A customer that is stored for another connection of the same Stripe account counts
/// too.
///
/// # Errors
/// As [`get_or_create`].
pub async fn known_customer(
    engine: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
) -> Result<Option<String>, StepError> {
    let (db, account) = (engine.db.reader(), &connection.account);
    let known = stripe_customers::get(db, account.id, holder.id()).await?;
    if let Some(id) = known.and_then(|row| row.customer_id) {
        return Ok(Some(id));
    }
    let elsewhere = stripe_customers::elsewhere(db, account.id, account.livemode, holder.id());
    if elsewhere.await?.is_empty() {
        return Ok(None);
    }
    let row = row_of(engine, connection, holder).await?;
    let found = known_elsewhere(engine, connection, holder, &row).await?;
    Ok(found.map(|customer| customer.id))
}

async fn row_of(
    engine: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
) -> Result<stripe_customer::Model, DbErr> {
    let (account, holder) = (connection.account.id, holder.id());
    // Most have one, which does not wait for those who write.
    if let Some(row) = stripe_customers::get(engine.db.reader(), account, holder).await? {
        return Ok(row);
    }
    let token = engine.random.token();
    stripe_customers::get_or_insert(engine.db.writer(), account, holder, &token).await
}

/// A customer that is stored for another account row, if the present key can read it. Then both
/// rows are the same Stripe account, which was connected again, and the credit is there.
async fn known_elsewhere(
    engine: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
    row: &stripe_customer::Model,
) -> Result<Option<Customer>, StepError> {
    let (db, account) = (engine.db.reader(), &connection.account);
    let others = stripe_customers::elsewhere(db, account.id, account.livemode, holder.id()).await?;
    for other in others {
        if other.customer_id == row.customer_id {
            continue;
        }
        if let Some(id) = other.customer_id
            && let Some(customer) = connection.gateway.customer(&id).await?.living()
        {
            let source = other.source.map(|source| *source);
            return Ok(Some(remember(engine, holder, row, customer, source).await?));
        }
    }
    Ok(None)
}

async fn remember(
    engine: &Engine,
    holder: &Holder<'_>,
    row: &stripe_customer::Model,
    customer: Customer,
    source: Option<CustomerSource>,
) -> Result<Customer, StepError> {
    let (db, email) = (engine.db.writer(), holder.email());
    let known = Known {
        marked: holder.is_on(&customer),
        source,
    };
    match stripe_customers::set_customer(db, row, email, &customer.id, known).await? {
        true => Ok(customer),
        // Another customer was stored at the same time, around a rolled key, or the platform
        // referrer's address was corrected. The next try finds the stored customer.
        false => Err(StripeError::NotProcessed.into()),
    }
}

async fn create(
    engine: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
    row: &stripe_customer::Model,
) -> Result<Customer, StepError> {
    let name = holder.name();
    let new = |email| NewCustomer {
        email,
        name: &name,
        metadata: holder.metadata(),
    };
    let key = holder.key(row);
    let gateway = &connection.gateway;
    let mut made = gateway
        .create_customer(new(Some(holder.email())), &key)
        .await;
    if made.as_ref().is_err_and(StripeError::is_of_address) {
        // The metadata ties the customer to the holder all the same.
        let key = format!("{key}:no-address");
        made = gateway.create_customer(new(None), &key).await;
    }
    // Use a new key next time: after success, so that a deleted customer can be created again;
    // after a 5xx, because Stripe replays it for this key; and after `KeyReused`, because Stripe
    // keeps this key for another name.
    if matches!(
        made,
        Ok(_) | Err(StripeError::ServerError | StripeError::IdempotencyError)
    ) {
        stripe_customers::next_generation(engine.db.writer(), row).await?;
    }
    Ok(made?)
}
