//! A customer's open Checkout sessions, as Stripe lists them.

use domain::credit::StripeError;
use stripe_gateway::{Checkout, CheckoutSession, NewCheckout, OpenCheckout, Payer};

use crate::stripe_customers::Connection;

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

async fn close(connection: &Connection, session_id: &str) -> Result<(), StripeError> {
    let gateway = &connection.gateway;
    let Err(error) = gateway.expire_checkout(session_id).await else {
        return Ok(());
    };
    // The session may have been paid just now; then it no longer holds the balance.
    let session = gateway.checkout(session_id).await?;
    match session.is_none_or(|session| session.event().is_some()) {
        true => Ok(()),
        false => Err(error),
    }
}
