//! Finds a holder's customer by our metadata, and puts our metadata on one that lacks it.

use domain::credit::StripeError;
use stripe_gateway::Customer;

use super::{Connection, Holder};

/// The customer that carries the holder's metadata, whose row this database may have lost.
///
/// Listed by address first, as a list knows what was made a moment ago. Stripe's search knows it up
/// to a minute later (Stripe, "Search"), but finds a customer without an address, or with an address
/// that the holder no longer has. Where Stripe has no search, the list has to do.
///
/// # Errors
/// The error of Stripe.
pub(super) async fn find(
    connection: &Connection,
    holder: &Holder<'_>,
) -> Result<Option<Customer>, StripeError> {
    let gateway = &connection.gateway;
    let listed = match gateway.customers_by_email(holder.email()).await {
        Err(error) if error.is_of_address() => Vec::new(),
        listed => listed?,
    };
    let ours = |found: Vec<Customer>| found.into_iter().find(|one| holder.is_on(one));
    if let Some(customer) = ours(listed) {
        return Ok(Some(customer));
    }
    match gateway
        .search_customers_by_metadata(&holder.metadata())
        .await
    {
        Err(StripeError::Refused(code)) => {
            tracing::warn!(
                account = connection.account.id.get(),
                code,
                "no search of customers"
            );
            Ok(None)
        }
        searched => Ok(ours(searched?)),
    }
}

/// Puts our metadata on the customer if it lacks it, so that what is posted to it is found even if
/// our row of it is lost.
///
/// # Errors
/// The error of Stripe.
pub(crate) async fn mark(
    connection: &Connection,
    holder: &Holder<'_>,
    customer: &Customer,
) -> Result<(), StripeError> {
    if !holder.is_on(customer) {
        let metadata = holder.metadata();
        let marked = connection.gateway.add_metadata(&customer.id, metadata);
        marked.await?;
    }
    Ok(())
}
