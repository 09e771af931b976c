//! Claims a balance at Stripe, so that one purchase at a time, or one of the staff, reads and debits it.

use std::time::Duration as Pause;

use domain::{
    credit::StripeError,
    money::{Currency, Money},
};
use store::{StripeCustomerRowId, entities::stripe_customer, stripe_customers};
use time::Duration;

use crate::{
    Engine,
    stripe_customers::{Claim, Connection, Holder, StepError, own},
};

/// How long a request may hold the balance: enough for reading it and debiting it.
const LEASE: Duration = Duration::minutes(1);

/// The result of claiming a balance.
pub enum Claiming {
    /// This request holds it.
    Claimed(BalanceClaim),
    /// The holder has no customer at this account, so there is no balance.
    NoCustomer,
    /// Another purchase of the holder holds it.
    Busy,
    /// Stripe did not say what the balance is, or did not take our metadata.
    Unread(StripeError),
}

/// A balance that this request holds, as Stripe had it at that time.
pub struct BalanceClaim {
    /// What the holder can use; nothing if the customer was deleted.
    pub available: Money,
    /// `cus_…`.
    pub customer: String,
    pub held: Claim,
}

/// Claims the balance of the holder's customer and reads it from Stripe. The customer carries our
/// metadata then, so that a debit is found even if our row of it is lost.
///
/// # Errors
/// If the database fails.
pub async fn claim(
    engine: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
    currency: Currency,
) -> anyhow::Result<Claiming> {
    let (db, account) = (engine.db.reader(), connection.account.id);
    let row = stripe_customers::get(db, account, holder.id()).await?;
    let known = row.and_then(|row| Some((row.customer_id.clone()?, row)));
    let Some((customer, row)) = known else {
        return Ok(Claiming::NoCustomer);
    };
    let Some(claim) = claim_soon(engine, row.id).await? else {
        return Ok(Claiming::Busy);
    };
    match read(engine, connection, holder, &row, customer, currency).await {
        Ok((customer, available)) => Ok(Claiming::Claimed(BalanceClaim {
            available,
            customer,
            held: claim,
        })),
        Err(error) => {
            claim.release(engine).await?;
            match error {
                StepError::Stripe(error) => Ok(Claiming::Unread(error)),
                StepError::Database(error) => Err(error.into()),
            }
        }
    }
}

/// The customer and what it has.
async fn read(
    engine: &Engine,
    connection: &Connection,
    holder: &Holder<'_>,
    row: &stripe_customer::Model,
    customer: String,
    currency: Currency,
) -> Result<(String, Money), StepError> {
    let Some(living) = connection.gateway.customer(&customer).await?.living() else {
        return Ok((customer, Money::new(0, currency)));
    };
    let living = own(engine, connection, holder, row, living).await?;
    let available = living.credit_in(currency);
    Ok((living.id, available))
}

/// Claims the balance, and waits up to five seconds for another request that holds it.
async fn claim_soon(engine: &Engine, row: StripeCustomerRowId) -> anyhow::Result<Option<Claim>> {
    const LOOKS: u32 = 50;
    const PAUSE: Pause = Pause::from_millis(100);
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        if let Some(claim) = Claim::take(engine, row, LEASE).await? {
            return Ok(Some(claim));
        }
    }
    Ok(None)
}
