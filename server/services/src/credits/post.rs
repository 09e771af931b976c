//! Posts the balance transaction of a credit: on the right Stripe account and customer, under the
//! right idempotency key.

use anyhow::Context;
use domain::credit::{
    CreditKind, NextStep, Program, SinceLastAttempt, StripeAmount, StripeError,
    after_unknown_customer, entries_since, given, key_to_send, next_step, other_mode,
};
use store::{
    StripeAccountId,
    credits::{self, Sending},
    entities::credit,
    platform_referrers, platform_settings,
    sites::{self, Site},
    stripe_customers::{self, HolderId},
};
use stripe_gateway::{BalanceTransaction, Customer, Found, NewBalanceTransaction};

use super::AttemptError;
use crate::{
    Engine,
    stripe_customers::{Connection, Holder, StepError, connection_to, get_or_create},
};

/// The balance transaction as Stripe has it.
pub struct Posted {
    pub account_id: StripeAccountId,
    /// `cus_…`: the customer whose balance changed.
    pub customer_id: String,
    pub entry: BalanceTransaction,
}

/// Posts the credit's balance transaction, or finds the one that an earlier attempt posted.
pub async fn post(engine: &Engine, credit: &credit::Model) -> Result<Posted, AttemptError> {
    let (connection, customer) = recipient(engine, credit).await?;
    let (progress, amount, now) = (credit.progress()?, credit.amount()?, engine.clock.now());
    let since_last = since_last_attempt(credit, &connection, &customer);
    match next_step(&progress, since_last.same_secret, now) {
        NextStep::Post => {}
        NextStep::Wait(left) => return Err(AttemptError::Early(left)),
        NextStep::FindFirst => {
            let found = connection
                .gateway
                .find_balance(&customer.id, &credit.idempotency_key, since(credit))
                .await?;
            if let Some(entry) = found {
                return posted_before(credit, &connection, customer.id, entry).await;
            }
        }
    }
    let (generation, first_sent_at) = key_to_send(&progress, since_last, now);
    let sending = Sending {
        account: &connection.account,
        customer_id: &customer.id,
        generation,
        first_sent_at: first_sent_at.into(),
        now: engine.now(),
    };
    if !credits::set_sent(engine.db.writer(), credit, &sending).await? {
        return Err(AttemptError::Overtaken);
    }
    let new = NewBalanceTransaction {
        amount,
        description: credit.kind.description(*credit.program),
        ledger_key: &credit.idempotency_key,
    };
    let key = credit.key().sent(generation);
    tracing::info!(
        credit = credit.id.get(),
        key,
        attempt = progress.attempts + 1,
        "posting"
    );
    let posted = connection
        .gateway
        .post_balance(&customer.id, new, &key)
        .await;
    connection.note_key(engine, posted.as_ref()).await;
    let entry = posted.map_err(AttemptError::Posting)?;
    let gives = matches!(*credit.kind, CreditKind::Earned | CreditKind::Granted);
    if gives && given(entry.amount).is_none() {
        // No answer to our request: it says that nothing was given.
        return Err(AttemptError::Posting(StripeError::OutcomeUnknown));
    }
    if entry.amount != amount {
        let (asked, gave) = (amount.in_favor(), entry.amount.in_favor());
        tracing::error!(credit = credit.id.get(), %asked, %gave, "Stripe gave another amount");
    }
    if credit.first_sent_at.is_some() {
        // Stripe may have replayed an earlier answer, and later transactions may have changed the
        // balance.
        return posted_before(credit, &connection, customer.id, entry).await;
    }
    Ok(Posted {
        account_id: connection.account.id,
        customer_id: customer.id,
        entry,
    })
}

/// A balance transaction that may be older than this attempt, so that the balance after it may have
/// changed since. Whether a debit took more than there was is seen in the balance of now.
async fn posted_before(
    credit: &credit::Model,
    connection: &Connection,
    customer_id: String,
    entry: BalanceTransaction,
) -> Result<Posted, AttemptError> {
    let ending_balance = match *credit.kind {
        // What it took below zero counts as of then: a credit that was earned since does not make it up.
        CreditKind::Reversed => own_ending(connection, &customer_id, &entry).await?,
        CreditKind::Spent | CreditKind::MovedOut | CreditKind::Corrected => {
            // Whatever the error, Stripe has the debit: it must not count as refused.
            let found = connection.gateway.customer(&customer_id).await;
            let customer = found.map_err(|_| StripeError::OutcomeUnknown)?.living();
            let credit = customer.map(|customer| customer.credit_in(entry.amount.currency()));
            credit.and_then(StripeAmount::of_credit)
        }
        CreditKind::Earned
        | CreditKind::Returned
        | CreditKind::Restored
        | CreditKind::MovedIn
        | CreditKind::Granted
        | CreditKind::Observed => None,
    };
    Ok(Posted {
        account_id: connection.account.id,
        customer_id,
        entry: BalanceTransaction {
            ending_balance,
            ..entry
        },
    })
}

/// The balance right after a transaction, whatever came later.
async fn own_ending(
    connection: &Connection,
    customer_id: &str,
    entry: &BalanceTransaction,
) -> Result<Option<StripeAmount>, AttemptError> {
    if entry.ending_balance.is_some() {
        return Ok(entry.ending_balance);
    }
    let listed = connection.gateway.balance_transactions(customer_id).await;
    // Whatever the error, Stripe has the debit: it must not count as refused.
    let listed = listed.map_err(|_| StripeError::OutcomeUnknown)?;
    let own = listed.iter().find(|one| one.id == entry.id);
    Ok(own.map(|own| own.ending_balance))
}

/// The Unix time (seconds) from which balance transactions are listed to find this credit's;
/// `None`: list all of them.
fn since(credit: &credit::Model) -> Option<i64> {
    let referred_at = credit.referred_at?.moment();
    Some(entries_since(referred_at).unix_timestamp())
}

/// Compares the coming request with the previous one.
fn since_last_attempt(
    credit: &credit::Model,
    connection: &Connection,
    customer: &Customer,
) -> SinceLastAttempt {
    let before = sent_to(credit);
    SinceLastAttempt {
        same_secret: before.is_none() || has_secret_of(credit, connection),
        same_customer: before.is_none_or(|(_, customer_id)| customer_id == customer.id),
    }
}

/// Whether the credit was last sent under the same secret key as that of `connection`.
fn has_secret_of(credit: &credit::Model, connection: &Connection) -> bool {
    let account = &connection.account;
    credit.stripe_account_id == Some(account.id)
        && credit.stripe_account_version == Some(account.version)
}

/// Finds the Stripe account and the customer. After a first request, that customer stays the
/// recipient while it exists, even if the site has another account now: Stripe may have executed
/// the request.
async fn recipient(
    engine: &Engine,
    credit: &credit::Model,
) -> Result<(Connection, Customer), AttemptError> {
    let (connection, customer, site) = match sent_to(credit) {
        Some((account_id, id)) => {
            let (connection, customer) = reach(engine, credit, account_id, id).await?;
            (connection, customer, None)
        }
        None => {
            let (present, site) = present_account(engine, credit).await?;
            let present = present.ok_or(StripeError::NotConnected)?;
            (connection_to(engine, present).await?, None, site)
        }
    };
    if let Some(error) = other_mode(credit.mode(), connection.account.mode()) {
        return Err(error.into());
    }
    let customer = match customer {
        Some(customer) => customer,
        None => {
            let customer = customer_of(engine, credit, &connection, site).await;
            if let Err(AttemptError::Before(error)) = &customer {
                connection.note_key::<()>(engine, Err(error)).await;
            }
            customer?
        }
    };
    Ok((connection, customer))
}

/// The account and the customer of the previous request, if there was one. Those of a debit and of
/// its return are fixed from the start: the balance that the purchase was promised.
fn sent_to(credit: &credit::Model) -> Option<(StripeAccountId, &str)> {
    let is_fixed = credit.first_sent_at.is_some() || credit.kind != CreditKind::Earned;
    let account_id = credit.stripe_account_id.filter(|_| is_fixed)?;
    Some((account_id, credit.stripe_customer_id.as_deref()?))
}

/// A connection that can read the customer, and the customer unless it was deleted.
async fn reach(
    engine: &Engine,
    credit: &credit::Model,
    account_id: StripeAccountId,
    customer_id: &str,
) -> Result<(Connection, Option<Customer>), AttemptError> {
    let silent = match at(engine, account_id, customer_id).await {
        Ok((connection, Found::Unknown)) => {
            match after_unknown_customer(has_secret_of(credit, &connection)) {
                Some(error) => error.into(),
                None => return Ok((connection, None)),
            }
        }
        Ok((connection, found)) => return Ok((connection, found.living())),
        Err(silent) => silent,
    };
    // The key may be revoked. If the account that is connected now knows the customer, it is the
    // same Stripe account under another key.
    let (present, _) = present_account(engine, credit).await?;
    let Some(present) = present.filter(|present| *present != account_id) else {
        return Err(silent.into());
    };
    match at(engine, present, customer_id).await {
        Ok((connection, Found::Customer(customer))) => Ok((connection, Some(customer))),
        Ok(_)
        | Err(StepError::Stripe(
            StripeError::Refused(_)
            | StripeError::NotConnected
            | StripeError::SecretKeyRejected
            | StripeError::WrongMode(_),
        )) => Err(silent.into()),
        Err(passing) => Err(passing.into()),
    }
}

async fn at(
    engine: &Engine,
    account_id: StripeAccountId,
    customer_id: &str,
) -> Result<(Connection, Found), StepError> {
    let connection = connection_to(engine, account_id).await?;
    let found = connection.gateway.customer(customer_id).await;
    connection.note_key(engine, found.as_ref()).await;
    Ok((connection, found?))
}

/// The Stripe account that is connected to the credit's program now, with the site of a tenant's.
async fn present_account(
    engine: &Engine,
    credit: &credit::Model,
) -> Result<(Option<StripeAccountId>, Option<Site>), AttemptError> {
    Ok(match *credit.program {
        Program::Tenant => {
            let site = site_of(engine, credit).await?;
            (site.row.stripe_account_id, Some(site))
        }
        Program::Platform => {
            let settings = platform_settings::get(engine.db.reader()).await?;
            (settings.stripe_account_id, None)
        }
    })
}

/// The customer of the member or platform referrer who earned the credit, created if there is none. `site`
/// is the credit's, if it was just read.
async fn customer_of(
    engine: &Engine,
    credit: &credit::Model,
    connection: &Connection,
    site: Option<Site>,
) -> Result<Customer, AttemptError> {
    let db = engine.db.reader();
    let gone = || StripeError::Refused("referrer is gone".to_owned());
    match *credit.kind {
        // There is nothing to debit from a customer that does not exist yet.
        CreditKind::Spent | CreditKind::Reversed | CreditKind::MovedOut | CreditKind::Corrected => {
            return Err(StripeError::Refused("resource_missing".to_owned()).into());
        }
        CreditKind::Earned
        | CreditKind::Returned
        | CreditKind::Restored
        | CreditKind::MovedIn
        | CreditKind::Granted
        | CreditKind::Observed => {}
    }
    match credit.holder().ok_or_else(gone)? {
        HolderId::Member(member_id) => {
            let site = match site {
                Some(site) => site,
                None => site_of(engine, credit).await?,
            };
            let member = stripe_customers::member(db, credit.site_id, member_id).await?;
            let member = member.ok_or_else(gone)?;
            Ok(get_or_create(engine, connection, &Holder::Member(&site, &member)).await?)
        }
        HolderId::PlatformReferrer(referrer_id) => {
            let brands = sites::brands(db).await?;
            let (first, _) = brands.first().ok_or_else(gone)?;
            let referrer = platform_referrers::by_id(db, referrer_id).await?;
            let holder = Holder::PlatformReferrer {
                realm: &first.realm,
                referrer: &referrer.ok_or_else(gone)?,
            };
            Ok(get_or_create(engine, connection, &holder).await?)
        }
    }
}

async fn site_of(engine: &Engine, credit: &credit::Model) -> anyhow::Result<Site> {
    let site = sites::by_id(engine.db.reader(), credit.site_id).await?;
    site.context("the site of a credit, with its settings")
}

/// Reconciles a credit that was sent and is about to fail: looks once whether Stripe has the
/// balance transaction after all.
pub async fn reconcile(engine: &Engine, credit: &credit::Model) -> Option<Posted> {
    let (account_id, id) = sent_to(credit)?;
    let (connection, _) = reach(engine, credit, account_id, id).await.ok()?;
    let found = connection
        .gateway
        .find_balance(id, &credit.idempotency_key, since(credit));
    found.await.ok()?.map(|entry| Posted {
        account_id: connection.account.id,
        customer_id: id.to_owned(),
        entry,
    })
}
