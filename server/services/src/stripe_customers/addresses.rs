//! Tells Stripe a member's changed address, for the receipts that it mails.

use domain::{account::is_released, credit::StripeError};
use store::{
    entities::{stripe_customer, user},
    stripe_accounts, stripe_customers, users,
};

use super::{StepError, billing_email, connection_to};
use crate::Engine;

/// How many customers one sweep changes.
const AT_ONCE: u64 = 100;

/// Changes the address of every customer that has a former one. What Stripe does not answer is left
/// to the next sweep; an address that it refuses stays as it was there.
///
/// # Errors
/// If the database fails.
pub async fn tell_changed(engine: &Engine) -> anyhow::Result<()> {
    let db = engine.db.reader();
    for row in stripe_customers::email_due(db, AT_ONCE).await? {
        let Some(member) = holder_of(engine, &row).await? else {
            continue;
        };
        match tell(engine, &row, billing_email(&member)).await {
            Ok(()) => {}
            Err(StepError::Stripe(error)) => {
                let customer = row.id.get();
                tracing::info!(
                    customer,
                    ?error,
                    "Stripe was not told a changed address yet"
                );
            }
            Err(StepError::Database(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn tell(
    engine: &Engine,
    row: &stripe_customer::Model,
    address: &str,
) -> Result<(), StepError> {
    if let Some(customer) = &row.customer_id {
        let connection = connection_to(engine, row.stripe_account_id).await?;
        // Stripe removes an address that is set to nothing.
        let address = if is_released(address) { "" } else { address };
        match connection.gateway.set_email(customer, address).await {
            // A customer that was deleted at Stripe is created anew, with the present address.
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

async fn holder_of(
    engine: &Engine,
    row: &stripe_customer::Model,
) -> anyhow::Result<Option<user::Model>> {
    let db = engine.db.reader();
    let account = stripe_accounts::row(db, row.stripe_account_id).await?;
    let site_id = account.and_then(|account| account.site_id);
    Ok(match site_id.zip(row.user_id) {
        Some((site_id, user_id)) => users::by_id(db, site_id, user_id).await?,
        None => None,
    })
}
