//! Adds our metadata to customers that Checkout created, so that they are found again even if our
//! row of them is lost.

use domain::credit::StripeError;
use futures::FutureExt;
use store::{entities::stripe_customer, stripe_customers};

use super::{
    Holder, StepError, connection_to, own,
    owner::{Owner, owner_of},
    round::round,
};
use crate::Engine;

/// Adds our metadata to customers that do not have it yet. An account whose key does not work is
/// left to the next sweep.
pub async fn mark_adopted(engine: &Engine) -> anyhow::Result<()> {
    let db = engine.db.reader();
    let unmarked = |after, limit| stripe_customers::unmarked(db, after, limit).boxed();
    round(unmarked, |row| {
        async move { mark(engine, &row).await }.boxed()
    })
    .await
}

async fn mark(engine: &Engine, row: &stripe_customer::Model) -> Result<(), StepError> {
    let marked = match owner_of(engine, row).await? {
        Some(Owner::Member(owner)) => {
            let (site, member) = &*owner;
            add(engine, row, &Holder::Member(site, member)).await?
        }
        Some(Owner::PlatformReferrer(owner)) => {
            let (realm, referrer) = &*owner;
            add(engine, row, &Holder::PlatformReferrer { realm, referrer }).await?
        }
        None => true,
    };
    if marked {
        stripe_customers::set_marked(engine.db.writer(), row).await?;
    }
    Ok(())
}

/// `false` if another customer is the holder's now.
async fn add(
    engine: &Engine,
    row: &stripe_customer::Model,
    holder: &Holder<'_>,
) -> Result<bool, StepError> {
    let Some(id) = &row.customer_id else {
        return Ok(true);
    };
    let connection = connection_to(engine, row.stripe_account_id).await?;
    // A deleted customer needs no metadata. The next purchase or credit creates another.
    let Some(customer) = connection.gateway.customer(id).await?.living() else {
        return Ok(true);
    };
    match own(engine, &connection, holder, row, customer).await {
        Ok(customer) => Ok(customer.id == *id),
        Err(StepError::Stripe(StripeError::Refused(_))) => Ok(true),
        Err(error) => Err(error),
    }
}
