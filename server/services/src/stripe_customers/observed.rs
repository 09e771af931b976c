//! Keeps a change of a balance that we did not make (`docs/rules.md` 54).

use anyhow::Context;
use store::{
    PurchaseId, SiteId,
    credits::{self, Observed},
    stripe_accounts::StripeAccount,
    stripe_customers::HolderId,
};
use stripe_gateway::ListedTransaction;
use time::OffsetDateTime;

use crate::Engine;

/// Adds the change to the ledger, once. `purchase_id` is the membership whose payment page made it.
///
/// # Errors
/// If the database fails, or Stripe's time is out of range.
pub async fn record(
    engine: &Engine,
    account: &StripeAccount,
    customer_id: &str,
    (site_id, holder): (SiteId, HolderId),
    one: &ListedTransaction,
    purchase_id: Option<PurchaseId>,
) -> anyhow::Result<()> {
    let created = OffsetDateTime::from_unix_timestamp(one.created);
    let new = Observed {
        site_id,
        holder,
        stripe_account_id: account.id,
        mode: account.mode(),
        customer_id,
        transaction_id: &one.id,
        stripe_type: &one.kind,
        purchase_id,
        amount: one.amount,
        at: created.context("the time of a balance transaction")?.into(),
    };
    credits::insert_observed(engine.db.writer(), &new).await?;
    Ok(())
}
