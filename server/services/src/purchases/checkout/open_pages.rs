//! A customer's open Checkout sessions, as Stripe lists them.

use domain::credit::StripeError;
use sea_orm::DbErr;
use store::{checkout_sessions, sites::Site};
use stripe_gateway::{Checkout, CheckoutSession, NewCheckout, OpenCheckout, Payer};

use crate::{Engine, stripe_customers::Connection};

/// Lists the open sessions of the customer who is to pay; empty if Stripe is to create the
/// customer.
pub async fn listed(
    connection: &Connection,
    asked: &NewCheckout,
) -> Result<Vec<OpenCheckout>, StripeError> {
    let Payer::Customer(customer) = &asked.payer else {
        return Ok(Vec::new());
    };
    match connection.gateway.open_checkouts(customer).await {
        // The account does not know the customer, so there are no sessions.
        Err(StripeError::Refused(code)) if code == "resource_missing" => Ok(Vec::new()),
        listed => listed,
    }
}

/// The open session that Stripe created for the request `asked`.
pub fn made_for(asked: &NewCheckout, listed: &[OpenCheckout]) -> Option<Checkout> {
    let ours = listed
        .iter()
        .find(|open| open.token.as_ref() == Some(&asked.reference))?;
    Some(Checkout {
        id: ours.id.clone(),
        url: ours.url.clone()?,
    })
}

/// Expires the other sessions that hold the balance which `asked` is to spend.
pub async fn make_room(connection: &Connection, asked: &NewCheckout) -> Result<(), StripeError> {
    match asked.spends_balance() {
        true => close_others(connection, asked, &listed(connection, asked).await?).await,
        false => Ok(()),
    }
}

/// Like [`make_room`], with a list that was already read. Such sessions have lost their row in a
/// restore from a backup, or their row has released them.
pub async fn close_others(
    connection: &Connection,
    asked: &NewCheckout,
    listed: &[OpenCheckout],
) -> Result<(), StripeError> {
    let realm = asked.metadata.get(CheckoutSession::REALM);
    if !asked.spends_balance() || realm.is_none() {
        return Ok(());
    }
    let others = listed.iter().filter(|open| {
        open.subscribes
            && open.realm.as_ref() == realm
            && open.token.as_ref() != Some(&asked.reference)
    });
    for open in others {
        tracing::warn!(session = open.id, "expiring an abandoned Checkout session");
        close(connection, &open.id).await?;
    }
    Ok(())
}

/// What became of the pages of a customer whose rows were lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostPages {
    /// Nobody can pay on one any more.
    Closed,
    /// One of them was paid while it was being closed, or its payment is being processed.
    Paid,
    /// Stripe did not close one of them, or did not answer.
    Open,
}

/// Closes the customer's open pages for one payment that this site made and has no row of, as after
/// a backup was restored: on each the buyer can still pay what a lost debit lowered.
///
/// # Errors
/// If the database fails. What Stripe says is a value.
pub async fn close_lost(
    engine: &Engine,
    connection: &Connection,
    site: &Site,
    customer: &str,
) -> Result<LostPages, DbErr> {
    let Ok(open) = connection.gateway.open_checkouts(customer).await else {
        return Ok(LostPages::Open);
    };
    let mut became = LostPages::Closed;
    for page in open {
        let made_here = page.realm.as_deref() == Some(site.row.realm.as_str());
        if page.subscribes || !made_here || is_known(engine, site, &page).await? {
            continue;
        }
        tracing::warn!(
            session = page.id,
            "expiring a Checkout session that was lost"
        );
        match close(connection, &page.id).await {
            Ok(Closed::Unpaid) => {}
            Ok(Closed::Paid) => became = LostPages::Paid,
            Err(_) => return Ok(LostPages::Open),
        }
    }
    Ok(became)
}

/// Whether the site has the row of a session.
async fn is_known(engine: &Engine, site: &Site, page: &OpenCheckout) -> Result<bool, DbErr> {
    let (db, site_id) = (engine.db.reader(), site.id());
    if let Some(token) = &page.token
        && checkout_sessions::by_token(db, site_id, token)
            .await?
            .is_some()
    {
        return Ok(true);
    }
    let row = checkout_sessions::by_session(db, site_id, &page.id).await?;
    Ok(row.is_some())
}

/// How a session ended.
enum Closed {
    Unpaid,
    /// The buyer was first.
    Paid,
}

async fn close(connection: &Connection, session_id: &str) -> Result<Closed, StripeError> {
    let gateway = &connection.gateway;
    let Err(error) = gateway.expire_checkout(session_id).await else {
        return Ok(Closed::Unpaid);
    };
    // The session may have been paid just now; then it no longer holds the balance.
    let Some(session) = gateway.checkout(session_id).await? else {
        return Ok(Closed::Unpaid);
    };
    match session.event() {
        Some(event) if event.may_be_paid() => Ok(Closed::Paid),
        Some(_) => Ok(Closed::Unpaid),
        None => Err(error),
    }
}
