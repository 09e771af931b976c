//! The balance transaction: to the right account and customer, under the right key.

use anyhow::Context;
use domain::{Fault, NextStep, Program, next_step};

use super::Stopped;
use crate::{
    clock::to_ms,
    db::{
        credits::{self, Earned, Sending},
        entities::credit,
        platform_referrers,
        sites::{self, Site},
        stripe_customers,
    },
    services::stripe_customers::{
        Connection, Holder, connection, connection_to, get_or_create, platform_connection,
    },
    state::AppState,
    stripe::{BalanceTransaction, Customer, NewBalanceTransaction},
};

/// What Stripe has.
pub struct Posted {
    /// Whose balance.
    pub customer_id: String,
    /// The entry.
    pub entry: BalanceTransaction,
}

/// Posts the credit, or finds it posted.
pub async fn post(state: &AppState, credit: &credit::Model) -> Result<Posted, Stopped> {
    let (connection, customer) = recipient(state, credit).await?;
    let progress = credit.progress();
    let now = state.clock.now();
    let (mut generation, mut first_sent_at) =
        (progress.generation, progress.first_sent_at.unwrap_or(now));
    if next_step(&progress, now) == NextStep::LookFirst {
        let found = connection
            .gateway
            .find_balance(&customer.id, &credit.idempotency_key)
            .await?;
        if let Some(entry) = found {
            return Ok(Posted {
                customer_id: customer.id,
                entry,
            });
        }
        (generation, first_sent_at) = (generation + 1, now);
    } else if credit
        .stripe_customer_id
        .as_ref()
        .is_some_and(|id| *id != customer.id)
    {
        // The customer that was asked first is deleted, and a key is bound to its customer.
        (generation, first_sent_at) = (generation + 1, now);
    }
    let sending = Sending {
        stripe_account_id: connection.account.id,
        customer_id: &customer.id,
        generation,
        first_sent_at: to_ms(first_sent_at),
    };
    if !credits::set_sent(state.db.writer(), credit, &sending).await? {
        return Err(Stopped::Overtaken);
    }
    let new = NewBalanceTransaction {
        amount: credit.amount(),
        description: program(credit).description(),
        ledger_key: &credit.idempotency_key,
    };
    let key = credit.key().sent(generation);
    tracing::info!(
        credit = credit.id,
        attempt = progress.attempts + 1,
        "posting"
    );
    let posted = connection
        .gateway
        .post_balance(&customer.id, new, &key)
        .await;
    let entry = posted.map_err(Stopped::Posting)?;
    Ok(Posted {
        customer_id: customer.id,
        entry,
    })
}

/// The account and the customer. Once something was sent to a customer, that one stays the
/// recipient while it lives, even if the site has another account by now: it may have the credit.
async fn recipient(
    state: &AppState,
    credit: &credit::Model,
) -> Result<(Connection, Customer), Stopped> {
    let begun = credit.first_sent_at.and(credit.stripe_account_id);
    let connected = match begun {
        Some(account_id) => connection_to(state, account_id).await?,
        None => connection_of(state, credit).await?,
    };
    let connection = connected.ok_or(Fault::NotConnected)?;
    if let (Some(_), Some(id)) = (begun, &credit.stripe_customer_id)
        && let Some(customer) = connection.gateway.customer(id).await?
    {
        return Ok((connection, customer));
    }
    let customer = customer_of(state, credit, &connection).await?;
    Ok((connection, customer))
}

/// The account that the program uses now.
async fn connection_of(
    state: &AppState,
    credit: &credit::Model,
) -> anyhow::Result<Option<Connection>> {
    match program(credit) {
        Program::Tenant => connection(state, &site_of(state, credit).await?).await,
        Program::Platform => platform_connection(state).await,
    }
}

/// The customer of whoever earned the credit.
async fn customer_of(
    state: &AppState,
    credit: &credit::Model,
    connection: &Connection,
) -> Result<Customer, Stopped> {
    let db = state.db.conn();
    let gone = || Fault::Refused("referrer is gone".to_owned());
    match credit.earned().ok_or_else(gone)? {
        Earned::Tenant { beneficiary_id, .. } => {
            let site = site_of(state, credit).await?;
            let member = stripe_customers::member(db, credit.site_id, beneficiary_id).await?;
            let member = member.ok_or_else(gone)?;
            Ok(get_or_create(state, connection, &Holder::Member(&site, &member)).await?)
        }
        Earned::Platform { referrer_id, .. } => {
            let brands = sites::brands(db).await?;
            let (first, _) = brands.first().ok_or_else(gone)?;
            let partner = platform_referrers::by_id(db, referrer_id).await?;
            let holder = Holder::Partner {
                realm: &first.realm,
                partner: &partner.ok_or_else(gone)?,
            };
            Ok(get_or_create(state, connection, &holder).await?)
        }
    }
}

async fn site_of(state: &AppState, credit: &credit::Model) -> anyhow::Result<Site> {
    let site = sites::by_id(state.db.conn(), credit.site_id).await?;
    site.context("the site of a credit, with its settings")
}

fn program(credit: &credit::Model) -> Program {
    Program::parse(&credit.program).unwrap_or(Program::Tenant)
}

/// Before giving up on a credit that was sent: does Stripe have it after all?
pub async fn look_once_more(state: &AppState, credit: &credit::Model) -> Option<Posted> {
    let begun = credit.first_sent_at.and(credit.stripe_account_id)?;
    let customer_id = credit.stripe_customer_id.clone()?;
    let connection = connection_to(state, begun).await.ok()??;
    let found = connection
        .gateway
        .find_balance(&customer_id, &credit.idempotency_key)
        .await;
    found.ok()?.map(|entry| Posted { customer_id, entry })
}
