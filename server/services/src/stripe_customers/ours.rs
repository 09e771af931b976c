//! Finds a holder's customer by our metadata, and puts our metadata on one that lacks it.

use domain::{credit::StripeError, referral::CustomerSource};
use store::entities::stripe_customer;
use stripe_gateway::Customer;

use super::{Connection, Holder, StepError, remember};
use crate::Engine;

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

/// The customer that carries our metadata, where the stored one is `customer`.
///
/// One that Checkout created lacks it. If another one carries it, a restored backup lost our row of
/// that one: it becomes the holder's again, as it may have been credited (`docs/rules.md` 26).
/// Otherwise the metadata is added, so that what is posted is found even if this row is lost.
///
/// # Errors
/// The error of Stripe or of the database.
pub(crate) async fn own(
    engine: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
    row: &stripe_customer::Model,
    customer: Customer,
) -> Result<Customer, StepError> {
    if holder.is_on(&customer) {
        return Ok(customer);
    }
    if is_adopted(row)
        && let Some(lost) = find(connection, holder).await?
    {
        tracing::warn!(
            row = row.id.get(),
            lost = lost.id,
            instead_of = customer.id,
            "the holder has an earlier customer, which this database had lost"
        );
        return remember(engine, holder, row, lost, Some(CustomerSource::Made)).await;
    }
    let marked = connection
        .gateway
        .add_metadata(&customer.id, holder.metadata());
    marked.await?;
    Ok(customer)
}

/// Whether Checkout created the row's customer, and not we or an admin's choice.
fn is_adopted(row: &stripe_customer::Model) -> bool {
    row.user_id.is_some() && row.source.is_none()
}
