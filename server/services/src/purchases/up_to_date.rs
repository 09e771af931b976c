//! Refreshes a purchase from Stripe when somebody views it.

use std::time::Duration;

use domain::purchase::{CreditCheck, PurchaseState};
use store::{
    PurchaseId, checkout_sessions,
    entities::purchase,
    purchases::{self, Bought},
    referrals,
    sites::Site,
    stripe_customers::{self, HolderId},
};
use tokio::time::timeout;

use super::checkout;
use crate::{
    Engine,
    stripe_customers::{StepError, connection, connection_to},
};

/// How long a page waits for Stripe before it leaves the amount out.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns the purchase after asking Stripe about its Checkout session, if it still waits for
/// payment.
pub async fn brought_up_to_date(engine: &Engine, bought: Bought) -> anyhow::Result<Bought> {
    let row = &bought.purchase;
    if !row.state.is_waiting() {
        return Ok(bought);
    }
    let db = engine.db.reader();
    let Some(session) = checkout_sessions::of_purchase(db, row.id).await? else {
        return Ok(bought);
    };
    checkout::retrieve::ask_for_page(engine, session).await?;
    let again = purchases::one_of_buyer(db, row.site_id, row.buyer_id, row.id).await?;
    Ok(again.unwrap_or(bought))
}

/// Returns a paid membership with the part that was paid from the balance. Stripe is asked until it
/// has answered once; if it does not answer, the page leaves the amount out.
pub async fn with_credit_used(
    engine: &Engine,
    site: &Site,
    row: purchase::Model,
) -> anyhow::Result<purchase::Model> {
    let unknown = row.credit_used_cents.is_none() && row.state == PurchaseState::Paid;
    let Some(session) = row.checkout_session_id.as_deref().filter(|_| unknown) else {
        return Ok(row);
    };
    if !row.kind.spends_balance() {
        return Ok(row);
    }
    let Some(customer) = payer(engine, &row).await? else {
        return Ok(row);
    };
    let connected = connection(engine, site).await?;
    let Some(connection) = connected.filter(|to| row.stripe_account_id == Some(to.account.id))
    else {
        return Ok(row);
    };
    let asked = timeout(PATIENCE, connection.gateway.credit_used(&customer, session)).await;
    let Ok(Ok(cents)) = asked else { return Ok(row) };
    purchases::set_credit_used(engine.db.writer(), row.id, cents).await?;
    Ok(purchase::Model {
        credit_used_cents: Some(cents),
        ..row
    })
}

/// Learns how much of a paid membership the balance paid, before it is decided whether the purchase
/// earns a credit: only money that was paid counts (`docs/rules.md` 11). Stripe is not asked about a
/// purchase that can earn none.
///
/// # Errors
/// If the database fails, or Stripe does not answer; the sweep then tries again. Where Stripe
/// refuses to say, as after its account was disconnected, the whole total counts as paid.
pub async fn learn_credit_used(engine: &Engine, purchase_id: PurchaseId) -> anyhow::Result<()> {
    let db = engine.db.reader();
    let Some(row) = purchases::by_id(db, purchase_id).await? else {
        return Ok(());
    };
    let is_open_question = row.credit_check == CreditCheck::Due
        && row.kind.spends_balance()
        && row.credit_used_cents.is_none();
    let (true, Some(session), Some(account)) = (
        is_open_question,
        row.checkout_session_id.as_deref(),
        row.stripe_account_id,
    ) else {
        return Ok(());
    };
    if referrals::of_referred(db, row.site_id, row.buyer_id)
        .await?
        .is_none()
    {
        return Ok(());
    }
    let Some(customer) = payer(engine, &row).await? else {
        return Ok(());
    };
    let asked = match connection_to(engine, account).await {
        Ok(connection) => connection.gateway.credit_used(&customer, session).await,
        Err(StepError::Stripe(error)) => Err(error),
        Err(StepError::Database(error)) => return Err(error.into()),
    };
    match asked {
        Ok(cents) => Ok(purchases::set_credit_used(engine.db.writer(), row.id, cents).await?),
        Err(error) if error.outcome_is_unknown() => {
            anyhow::bail!("Stripe does not say what the balance paid: {error:?}")
        }
        Err(error) => {
            tracing::warn!(
                purchase = row.id.get(),
                ?error,
                "what the balance paid is not known"
            );
            Ok(())
        }
    }
}

/// A paid membership with what the balance paid of it, which is stored; `None` if Stripe does not say.
///
/// # Errors
/// If the database fails.
pub async fn with_balance_used(
    engine: &Engine,
    row: purchase::Model,
) -> anyhow::Result<Option<purchase::Model>> {
    let (Some(session), Some(account)) = (row.checkout_session_id.clone(), row.stripe_account_id)
    else {
        return Ok(None);
    };
    let Some(customer) = payer(engine, &row).await? else {
        return Ok(None);
    };
    let asked = match connection_to(engine, account).await {
        Ok(connection) => {
            let asked = connection.gateway.credit_used(&customer, &session);
            timeout(PATIENCE, asked).await.ok().and_then(Result::ok)
        }
        Err(StepError::Stripe(_)) => None,
        Err(StepError::Database(error)) => return Err(error.into()),
    };
    let Some(cents) = asked else {
        return Ok(None);
    };
    purchases::set_credit_used(engine.db.writer(), row.id, cents).await?;
    Ok(Some(purchase::Model {
        credit_used_cents: Some(cents),
        ..row
    }))
}

/// The customer who paid. An older purchase does not name one; then it is the buyer's present
/// customer.
async fn payer(engine: &Engine, row: &purchase::Model) -> anyhow::Result<Option<String>> {
    if row.stripe_customer_id.is_some() {
        return Ok(row.stripe_customer_id.clone());
    }
    let Some(account) = row.stripe_account_id else {
        return Ok(None);
    };
    let (db, buyer) = (engine.db.reader(), HolderId::Member(row.buyer_id));
    let known = stripe_customers::get(db, account, buyer).await?;
    Ok(known.and_then(|known| known.customer_id))
}
