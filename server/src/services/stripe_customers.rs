//! The Stripe customer of a member: "auto-created if needed" (the guide), once.

use std::{collections::HashMap, sync::Arc};

use domain::Fault;

use crate::{
    db::{
        entities::user,
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
/// If the database fails or the secrets do not open.
pub async fn connection(state: &AppState, site: &Site) -> anyhow::Result<Option<Connection>> {
    match site.row.stripe_account_id {
        Some(id) => connection_to(state, id).await,
        None => Ok(None),
    }
}

/// The connection to one account, whoever uses it now.
///
/// # Errors
/// As [`connection`].
pub async fn connection_to(
    state: &AppState,
    account_id: i64,
) -> anyhow::Result<Option<Connection>> {
    let account = stripe_accounts::by_id(state.db.conn(), &state.sealer, account_id).await?;
    Ok(account.and_then(|account| {
        let gateway = state.stripe.open(&account.secret_key).ok()?;
        Some(Connection { account, gateway })
    }))
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

/// The member's customer: the one we know if it still lives, else the one that we made and whose
/// answer was lost, else a new one. A customer that only shares the address is left alone: nobody
/// has proved that the address is theirs, and a balance is money.
///
/// # Errors
/// What Stripe or the database said.
pub async fn get_or_create(
    state: &AppState,
    site: &Site,
    connection: &Connection,
    member: &user::Model,
) -> Result<Customer, StepError> {
    let account_id = connection.account.id;
    let known = member
        .stripe_customer_id
        .as_deref()
        .filter(|_| member.stripe_customer_account_id == Some(account_id));
    if let Some(id) = known
        && let Some(customer) = connection.gateway.customer(id).await?
    {
        return Ok(customer);
    }
    let ours = metadata(site, member);
    let same_address = connection.gateway.customers_by_email(&member.email).await?;
    let made_before = same_address.into_iter().find(|customer| {
        ours.iter()
            .all(|(name, id)| customer.metadata.get(name) == Some(id))
    });
    let customer = match made_before {
        Some(customer) => customer,
        None => create(state, site, connection, member).await?,
    };
    stripe_customers::set_customer(state.db.conn(), member.id, account_id, &customer.id).await?;
    Ok(customer)
}

fn metadata(site: &Site, member: &user::Model) -> HashMap<String, String> {
    HashMap::from([
        ("realm".to_owned(), site.row.realm.clone()),
        ("user_id".to_owned(), member.id.to_string()),
    ])
}

async fn create(
    state: &AppState,
    site: &Site,
    connection: &Connection,
    member: &user::Model,
) -> Result<Customer, StepError> {
    let generation = member.stripe_customer_generation;
    let key = format!("customer:{}:{}:{generation}", site.row.realm, member.id);
    let new = NewCustomer {
        email: &member.email,
        name: &format!("{} {}", member.first_name, member.last_name),
        metadata: metadata(site, member),
    };
    let made = connection.gateway.create_customer(new, &key).await;
    // Made: another one, should this be deleted, needs another key. A 5xx is stored under the key
    // and would repeat for ever.
    if matches!(made, Ok(_) | Err(Fault::Server)) {
        stripe_customers::next_generation(state.db.conn(), member.id, generation).await?;
    }
    Ok(made?)
}
