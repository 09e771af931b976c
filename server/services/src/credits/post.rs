//! The balance transaction: to the right account and customer, under the right key.

use anyhow::Context;
use domain::credit::{
    Again, Fault, NextStep, Program, after_unknown_customer, entries_since, key_to_send, next_step,
    other_mode,
};
use store::StripeAccountId;
use store::{
    credits::{self, Earned, Sending},
    entities::credit,
    platform_referrers, platform_settings,
    sites::{self, Site},
    stripe_customers,
};
use stripe_gateway::{BalanceTransaction, Customer, Found, NewBalanceTransaction};

use super::Stopped;
use crate::{
    Engine,
    stripe_customers::{Connection, Holder, StepError, connection_to, get_or_create},
};

/// What Stripe has.
pub struct Posted {
    /// Our id of the account.
    pub account_id: StripeAccountId,
    /// Whose balance.
    pub customer_id: String,
    /// The entry.
    pub entry: BalanceTransaction,
}

/// Posts the credit, or finds it posted.
pub async fn post(state: &Engine, credit: &credit::Model) -> Result<Posted, Stopped> {
    let (connection, customer) = recipient(state, credit).await?;
    let (progress, amount, now) = (credit.progress()?, credit.amount()?, state.clock.now());
    let again = again(credit, &connection, &customer);
    match next_step(&progress, again.same_secret, now) {
        NextStep::Post => {}
        NextStep::Wait(left) => return Err(Stopped::Early(left)),
        NextStep::LookFirst => {
            let found = connection
                .gateway
                .find_balance(&customer.id, &credit.idempotency_key, since(credit))
                .await?;
            if let Some(entry) = found {
                return Ok(Posted {
                    account_id: connection.account.id,
                    customer_id: customer.id,
                    entry,
                });
            }
        }
    }
    let (generation, first_sent_at) = key_to_send(&progress, again, now);
    let sending = Sending {
        account: &connection.account,
        customer_id: &customer.id,
        generation,
        first_sent_at: first_sent_at.into(),
        now: state.now(),
    };
    if !credits::set_sent(state.db.writer(), credit, &sending).await? {
        return Err(Stopped::Overtaken);
    }
    let new = NewBalanceTransaction {
        amount,
        description: credit.program.description(),
        ledger_key: &credit.idempotency_key,
    };
    let key = credit.key().sent(generation);
    tracing::info!(
        credit = credit.id.get(),
        attempt = progress.attempts + 1,
        "posting"
    );
    let posted = connection
        .gateway
        .post_balance(&customer.id, new, &key)
        .await;
    let mut entry = posted.map_err(Stopped::Posting)?;
    if entry.amount != amount {
        let (asked, gave) = (amount.in_favor(), entry.amount.in_favor());
        tracing::error!(credit = credit.id.get(), %asked, %gave, "Stripe gave another amount");
    }
    if credit.first_sent_at.is_some() {
        // It may be Stripe's answer of before, and others may have followed.
        entry.ending_balance = None;
    }
    Ok(Posted {
        account_id: connection.account.id,
        customer_id: customer.id,
        entry,
    })
}

/// The second from which entries are read, to find this credit's; `None`: all of them.
fn since(credit: &credit::Model) -> Option<i64> {
    let referred_at = credit.referred_at?.moment();
    Some(entries_since(referred_at).unix_timestamp())
}

/// What is sent now beside what was sent before.
fn again(credit: &credit::Model, connection: &Connection, customer: &Customer) -> Again {
    let before = sent_to(credit);
    Again {
        same_secret: before.is_none() || has_secret_of(credit, connection),
        same_customer: before.is_none_or(|(_, customer_id)| customer_id == customer.id),
    }
}

/// Whether the credit was last sent under the very secret key of `connection`.
fn has_secret_of(credit: &credit::Model, connection: &Connection) -> bool {
    let account = &connection.account;
    credit.stripe_account_id == Some(account.id)
        && credit.stripe_account_version == Some(account.version)
}

/// The account and the customer. Once something was sent to a customer, that one stays the
/// recipient while it lives, even if the site has another account by now: it may have the credit.
async fn recipient(
    state: &Engine,
    credit: &credit::Model,
) -> Result<(Connection, Customer), Stopped> {
    let (connection, customer) = match sent_to(credit) {
        Some((account_id, id)) => reach(state, credit, account_id, id).await?,
        None => {
            let present = present_account(state, credit).await?;
            let present = present.ok_or(Fault::NotConnected)?;
            (connection_to(state, present).await?, None)
        }
    };
    if let Some(fault) = other_mode(credit.mode(), connection.account.mode()) {
        return Err(fault.into());
    }
    let customer = match customer {
        Some(customer) => customer,
        None => customer_of(state, credit, &connection).await?,
    };
    Ok((connection, customer))
}

/// The account and the customer to whom something was sent.
fn sent_to(credit: &credit::Model) -> Option<(StripeAccountId, &str)> {
    let account_id = credit.first_sent_at.and(credit.stripe_account_id)?;
    Some((account_id, credit.stripe_customer_id.as_deref()?))
}

/// The connection under which the customer can be reached, and the customer, if it lives.
async fn reach(
    state: &Engine,
    credit: &credit::Model,
    account_id: StripeAccountId,
    customer_id: &str,
) -> Result<(Connection, Option<Customer>), Stopped> {
    let silent = match at(state, account_id, customer_id).await {
        Ok((connection, Found::Unknown)) => {
            match after_unknown_customer(has_secret_of(credit, &connection)) {
                Some(fault) => fault.into(),
                None => return Ok((connection, None)),
            }
        }
        Ok((connection, found)) => return Ok((connection, found.living())),
        Err(silent) => silent,
    };
    // The key may be revoked. Where the account that is connected now knows the customer, it is the
    // same account of Stripe under another key.
    let present = present_account(state, credit).await?;
    let Some(present) = present.filter(|present| *present != account_id) else {
        return Err(silent.into());
    };
    match at(state, present, customer_id).await {
        Ok((connection, Found::Customer(customer))) => Ok((connection, Some(customer))),
        Ok(_)
        | Err(StepError::Stripe(
            Fault::Refused(_) | Fault::NotConnected | Fault::KeyRefused | Fault::OtherMode(_),
        )) => Err(silent.into()),
        Err(passing) => Err(passing.into()),
    }
}

async fn at(
    state: &Engine,
    account_id: StripeAccountId,
    customer_id: &str,
) -> Result<(Connection, Found), StepError> {
    let connection = connection_to(state, account_id).await?;
    let found = connection.gateway.customer(customer_id).await?;
    Ok((connection, found))
}

/// The account that the program uses now.
async fn present_account(
    state: &Engine,
    credit: &credit::Model,
) -> Result<Option<StripeAccountId>, Stopped> {
    Ok(match *credit.program {
        Program::Tenant => site_of(state, credit).await?.row.stripe_account_id,
        Program::Platform => {
            let settings = platform_settings::get(state.db.reader()).await?;
            settings.stripe_account_id
        }
    })
}

/// The customer of whoever earned the credit.
async fn customer_of(
    state: &Engine,
    credit: &credit::Model,
    connection: &Connection,
) -> Result<Customer, Stopped> {
    let db = state.db.reader();
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

async fn site_of(state: &Engine, credit: &credit::Model) -> anyhow::Result<Site> {
    let site = sites::by_id(state.db.reader(), credit.site_id).await?;
    site.context("the site of a credit, with its settings")
}

/// Before giving up on a credit that was sent: does Stripe have it after all?
pub async fn look_once_more(state: &Engine, credit: &credit::Model) -> Option<Posted> {
    let (account_id, id) = sent_to(credit)?;
    let (connection, _) = reach(state, credit, account_id, id).await.ok()?;
    let found = connection
        .gateway
        .find_balance(id, &credit.idempotency_key, since(credit));
    found.await.ok()?.map(|entry| Posted {
        account_id: connection.account.id,
        customer_id: id.to_owned(),
        entry,
    })
}
