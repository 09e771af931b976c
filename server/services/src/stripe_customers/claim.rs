//! Holds a customer's balance, so that one request at a time reads and debits it.

use store::{StripeCustomerRowId, Write, stripe_customers::claims};
use time::Duration;

use crate::Engine;

/// A balance that this request holds.
pub struct Claim {
    row: StripeCustomerRowId,
    token: String,
}

impl Claim {
    /// Claims the balance for as long as `lease`; `None` if another request holds it.
    pub async fn take(
        engine: &Engine,
        row: StripeCustomerRowId,
        lease: Duration,
    ) -> anyhow::Result<Option<Self>> {
        let (token, now) = (engine.random.token(), engine.now());
        let claimed = claims::claim(engine.db.writer(), row, &token, now, lease).await?;
        Ok(claimed.then_some(Self { row, token }))
    }

    /// Whether this request still holds the balance. Call it in the transaction that writes the
    /// debit.
    pub async fn holds(&self, db: &impl Write, engine: &Engine) -> anyhow::Result<bool> {
        Ok(claims::holds(db, self.row, &self.token, engine.now()).await?)
    }

    /// Lets others use the balance.
    pub async fn release(self, engine: &Engine) -> anyhow::Result<()> {
        Ok(claims::release(engine.db.writer(), self.row, &self.token).await?)
    }
}
