//! The part of a sweep that asks Stripe about many stored customers.

use std::collections::BTreeSet;

use futures::future::BoxFuture;
use sea_orm::DbErr;
use store::{StripeCustomerRowId, entities::stripe_customer};

use super::StepError;

/// How many customers are read at a time.
const AT_ONCE: u64 = 100;

/// Takes `step` for the customers that `page` finds after a row, until something was done for one page
/// of them; the next sweep goes on. A Stripe account that does not answer is left to that sweep too,
/// so that it does not keep the others waiting.
pub async fn round<'a>(
    page: impl Fn(StripeCustomerRowId, u64) -> BoxFuture<'a, Result<Vec<stripe_customer::Model>, DbErr>>,
    step: impl Fn(stripe_customer::Model) -> BoxFuture<'a, Result<(), StepError>>,
) -> anyhow::Result<()> {
    let mut silent = BTreeSet::new();
    let mut after = StripeCustomerRowId::new(0);
    loop {
        let rows = page(after, AT_ONCE).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = last.id;
        let mut done = 0;
        for row in rows {
            if silent.contains(&row.stripe_account_id) {
                continue;
            }
            let account = row.stripe_account_id;
            match step(row).await {
                Ok(()) => done += 1,
                Err(StepError::Stripe(error)) => {
                    let number = account.get();
                    tracing::info!(
                        account = number,
                        ?error,
                        "customers are left to the next sweep"
                    );
                    silent.insert(account);
                }
                Err(StepError::Database(error)) => return Err(error.into()),
            }
        }
        if done > 0 {
            return Ok(());
        }
    }
}
