//! Tells Stripe a member's changed address, for the receipts that it mails, and that an account was deleted.

use domain::{
    account::{DELETED_FIRST_NAME, DELETED_LAST_NAME, is_released},
    credit::StripeError,
};
use futures::FutureExt;
use store::{
    deletions,
    entities::{stripe_customer, user},
    sites::Site,
    stripe_customers,
};

use super::{
    StepError, billing_email, connection_to,
    owner::{Owner, owner_of},
    round::round,
};
use crate::Engine;

/// Changes the address of customers that have a former one. What Stripe does not answer is left to
/// the next sweep; an address that it refuses stays as it was there.
///
/// # Errors
/// If the database fails.
pub async fn tell_changed(engine: &Engine) -> anyhow::Result<()> {
    let db = engine.db.reader();
    let due = |after, limit| stripe_customers::email_due(db, after, limit).boxed();
    round(due, |row| async move { tell(engine, &row).await }.boxed()).await
}

/// Takes the person off the customer of a deleted account, once no change of its balance is on its way.
async fn forget(
    engine: &Engine,
    row: &stripe_customer::Model,
    (site, member): &(Site, user::Model),
) -> Result<(), StepError> {
    let db = engine.db.reader();
    if deletions::is_credit_due(db, site.id(), member.id).await? {
        return Ok(());
    }
    if let Some(customer) = &row.customer_id {
        let connection = connection_to(engine, row.stripe_account_id).await?;
        let name = format!("{DELETED_FIRST_NAME} {DELETED_LAST_NAME}");
        // A customer that was deleted at Stripe tells nobody.
        connection.gateway.forget_person(customer, &name).await?;
    }
    Ok(stripe_customers::email_told(engine.db.writer(), row, &member.email).await?)
}

async fn tell(engine: &Engine, row: &stripe_customer::Model) -> Result<(), StepError> {
    // Only members change their address.
    let Some(Owner::Member(owner)) = owner_of(engine, row).await? else {
        return Ok(());
    };
    if owner.1.deleted_at.is_some() {
        return forget(engine, row, &owner).await;
    }
    let address = billing_email(&owner.1);
    if let Some(customer) = &row.customer_id {
        let connection = connection_to(engine, row.stripe_account_id).await?;
        // Stripe removes an address that is set to nothing.
        let at_stripe = if is_released(address) { "" } else { address };
        match connection.gateway.set_email(customer, at_stripe).await {
            // A customer that was deleted at Stripe is created anew, with the current address.
            Ok(_) => {}
            Err(StripeError::Refused(words)) => {
                let customer = row.id.get();
                tracing::warn!(customer, words, "Stripe refuses a changed address");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(stripe_customers::email_told(engine.db.writer(), row, address).await?)
}
