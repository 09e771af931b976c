//! Whose a secret key is: asked of Stripe, or shown by what the key can see.

use std::{sync::Arc, time::Duration};
use store::StripeAccountId;

use domain::{
    credit::Fault,
    stripe_keys::{AccountAsked, KnownAccount, NotIdentified, StripeMode, which_account},
};
use store::{
    entities::stripe_account,
    stripe_accounts::{self, objects_of},
};
use stripe_gateway::{Found, StripeGateway};
use tokio::time::timeout;

use super::Owner;
use crate::Engine;

/// How long somebody who saves keys waits for one answer of Stripe.
const PATIENCE: Duration = Duration::from_secs(8);

/// Former accounts that are looked at, and objects of each kind that are asked for.
const MOST: usize = 5;

/// The account of a key.
pub struct Identified {
    /// Our id of it; `None`: one that the owner never had.
    pub account: Option<StripeAccountId>,
    /// `acct_…`, where Stripe told it.
    pub stripe_account: Option<String>,
}

/// Finds the account of `secret_key` among those that the owner has or had.
///
/// # Errors
/// If the database fails. That it is not known is an answer.
pub async fn identify(
    state: &Engine,
    owner: Owner<'_>,
    secret_key: &str,
    connected: Option<StripeAccountId>,
    same_account: bool,
) -> anyhow::Result<Result<Identified, NotIdentified>> {
    let Ok(gateway) = state.stripe.open(secret_key) else {
        return Ok(Err(NotIdentified::WrongKey));
    };
    let asked = ask(&*gateway).await;
    let live = StripeMode::of_key(secret_key).is_some_and(StripeMode::livemode);
    let mut rows = stripe_accounts::of_owner(state.db.reader(), owner.scope().site(), live).await?;
    rows.sort_by_key(|row| connected != Some(row.id));
    rows.truncate(MOST);
    let mut known = Vec::new();
    for row in rows {
        let Ok(proven) = proven(state, &gateway, secret_key, &asked, &row).await? else {
            return Ok(Err(NotIdentified::Unanswered));
        };
        known.push(KnownAccount {
            id: row.id,
            connected: connected == Some(row.id),
            stripe_account: row.stripe_account,
            proven,
        });
    }
    let stripe_account = match &asked {
        AccountAsked::Told(told) => Some(told.clone()),
        _ => None,
    };
    Ok(
        which_account(&asked, &known, same_account).map(|account| Identified {
            account,
            stripe_account,
        }),
    )
}

async fn ask(gateway: &dyn StripeGateway) -> AccountAsked {
    let asked = timeout(PATIENCE, gateway.account()).await;
    asked.unwrap_or(AccountAsked::Unanswered)
}

/// Whether the key is shown to be this account's; an error if Stripe does not answer.
async fn proven(
    state: &Engine,
    gateway: &Arc<dyn StripeGateway>,
    secret_key: &str,
    asked: &AccountAsked,
    row: &stripe_account::Model,
) -> anyhow::Result<Result<bool, Fault>> {
    let needed = match asked {
        AccountAsked::Told(_) => row.stripe_account.is_none(),
        AccountAsked::MayNotAsk => true,
        AccountAsked::WrongKey | AccountAsked::Unanswered => false,
    };
    if !needed {
        return Ok(Ok(false));
    }
    // Without its secrets it is known by what it holds.
    if let Ok(former) = stripe_accounts::opened(&state.sealer, row.clone()) {
        if former.secret_key == secret_key {
            return Ok(Ok(true));
        }
        if let (AccountAsked::Told(_), Ok(former)) = (asked, state.stripe.open(&former.secret_key))
            && ask(&*former).await == *asked
        {
            return Ok(Ok(true));
        }
    }
    let objects = objects_of(state.db.reader(), row.id, MOST as u64).await?;
    for customer in &objects.customers {
        match answer(gateway.customer(customer)).await {
            Ok(Found::Customer(_) | Found::Deleted) => return Ok(Ok(true)),
            Ok(Found::Unknown) | Err(Fault::KeyRefused | Fault::Refused(_)) => {}
            Err(fault) => return Ok(Err(fault)),
        }
    }
    for session in &objects.sessions {
        match answer(gateway.checkout(session)).await {
            Ok(Some(_)) => return Ok(Ok(true)),
            Ok(None) | Err(Fault::KeyRefused | Fault::Refused(_)) => {}
            Err(fault) => return Ok(Err(fault)),
        }
    }
    Ok(Ok(false))
}

async fn answer<T>(call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    timeout(PATIENCE, call).await.unwrap_or(Err(Fault::Unknown))
}
