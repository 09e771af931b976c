//! Finds the Stripe account of a secret key: Stripe says it, or objects that the key can read prove
//! it.

use std::{sync::Arc, time::Duration};

use domain::{
    credit::StripeError,
    stripe_keys::{AccountAnswer, KnownAccount, NotIdentified, StripeMode, which_account},
};
use store::{
    StripeAccountId,
    entities::stripe_account,
    stripe_accounts::{self, Tried, objects_of},
};
use stripe_gateway::{Found, Ping, StripeGateway};
use tokio::time::timeout;

use super::owner::Owner;
use crate::Engine;

/// How long a person who saves keys waits for one answer of Stripe.
const PATIENCE: Duration = Duration::from_secs(8);

/// How many accounts of the owner are checked, and how many objects of each kind are read.
const MOST: usize = 5;

/// The account of a secret key.
pub struct Identified {
    /// Our row of it; `None` if the owner never had this account.
    pub account: Option<StripeAccountId>,
    /// `acct_…`, if Stripe said it.
    pub stripe_account: Option<String>,
    /// Whether the key was tried; `None` if it is the one that was there before.
    pub tried: Option<Tried>,
}

/// Finds the account of `secret_key` among those that the owner has or had.
///
/// # Errors
/// If the database fails. If the account cannot be found out, [`NotIdentified`] says why.
pub async fn identify(
    engine: &Engine,
    owner: Owner<'_>,
    secret_key: &str,
    connected: Option<StripeAccountId>,
    same_account: bool,
) -> anyhow::Result<Result<Identified, NotIdentified>> {
    let Ok(gateway) = engine.stripe.open(secret_key) else {
        return Ok(Err(NotIdentified::WrongKey));
    };
    let asked = ask(&*gateway).await;
    let live = StripeMode::of_key(secret_key).is_some_and(StripeMode::livemode);
    let mut rows =
        stripe_accounts::of_owner(engine.db.reader(), owner.scope().site(), live).await?;
    rows.sort_by_key(|row| {
        let same = row.stripe_account.is_some() && row.stripe_account.as_deref() == asked.account();
        (!same, connected != Some(row.id))
    });
    rows.truncate(MOST);
    let mut known = Vec::new();
    for row in rows {
        let Ok(proven) = proven(engine, &gateway, secret_key, &asked, &row).await? else {
            return Ok(Err(NotIdentified::Unanswered));
        };
        known.push(KnownAccount {
            id: row.id,
            connected: connected == Some(row.id),
            stripe_account: row.stripe_account,
            proven,
        });
    }
    let tried = Some(tried(engine, &*gateway, &asked).await);
    let stripe_account = asked.account().map(str::to_owned);
    Ok(
        which_account(&asked, &known, same_account).map(|account| Identified {
            account,
            stripe_account,
            tried,
        }),
    )
}

/// A key that may not read its account is tried with what it is for.
async fn tried(engine: &Engine, gateway: &dyn StripeGateway, asked: &AccountAnswer) -> Tried {
    let worked = match asked {
        AccountAnswer::Account(_) => true,
        AccountAnswer::MayNotAsk => answer(gateway.ping()).await == Ok(Ping::Answered),
        AccountAnswer::WrongKey | AccountAnswer::Unanswered => false,
    };
    match worked {
        true => Tried::Worked(engine.now()),
        false => Tried::NotYet,
    }
}

async fn ask(gateway: &dyn StripeGateway) -> AccountAnswer {
    let asked = timeout(PATIENCE, gateway.account()).await;
    asked.unwrap_or(AccountAnswer::Unanswered)
}

/// Whether the former key or an object proves that the key belongs to this account; an error if
/// Stripe does not answer.
async fn proven(
    engine: &Engine,
    gateway: &Arc<dyn StripeGateway>,
    secret_key: &str,
    asked: &AccountAnswer,
    row: &stripe_account::Model,
) -> anyhow::Result<Result<bool, StripeError>> {
    let needed = match asked {
        AccountAnswer::Account(_) => row.stripe_account.is_none(),
        AccountAnswer::MayNotAsk => true,
        AccountAnswer::WrongKey | AccountAnswer::Unanswered => false,
    };
    if !needed {
        return Ok(Ok(false));
    }
    // An account whose secrets cannot be opened is still recognized by its objects.
    if let Ok(former) = stripe_accounts::opened(&engine.sealer, row.clone()) {
        if former.secret_key == secret_key {
            return Ok(Ok(true));
        }
        if let (AccountAnswer::Account(_), Ok(former)) =
            (asked, engine.stripe.open(&former.secret_key))
            && ask(&*former).await == *asked
        {
            return Ok(Ok(true));
        }
    }
    let objects = objects_of(engine.db.reader(), row.id, MOST as u64).await?;
    for customer in &objects.customers {
        match answer(gateway.customer(customer)).await {
            Ok(Found::Customer(_) | Found::Deleted) => return Ok(Ok(true)),
            Ok(Found::Unknown) | Err(StripeError::SecretKeyRejected | StripeError::Refused(_)) => {}
            Err(error) => return Ok(Err(error)),
        }
    }
    for session in &objects.sessions {
        match answer(gateway.checkout(session)).await {
            Ok(Some(_)) => return Ok(Ok(true)),
            Ok(None) | Err(StripeError::SecretKeyRejected | StripeError::Refused(_)) => {}
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(false))
}

async fn answer<T>(call: impl Future<Output = Result<T, StripeError>>) -> Result<T, StripeError> {
    timeout(PATIENCE, call)
        .await
        .unwrap_or(Err(StripeError::OutcomeUnknown))
}
