//! Gives each paid membership and plan its row in `subscriptions`.

use sea_orm::DatabaseTransaction;
use store::{
    Timestamp,
    paid::{self, PaidRow},
    subscriptions,
};
use time::Duration;

use crate::Engine;

/// When a new subscription is read: after what its sale is in a hurry for.
const READ_AFTER: Duration = Duration::minutes(1);
/// The most rows that one sweep makes.
const AT_ONCE: u64 = 100;

/// Gives a purchase that just became paid its row, if it is a membership or a plan; the sweep has it read.
/// Whatever Stripe told of it before is in what is read then. The caller holds the purchase's lock.
///
/// # Errors
/// If the database fails.
pub async fn begin(tx: &DatabaseTransaction, row: &PaidRow, now: Timestamp) -> anyhow::Result<()> {
    let (Some(account), Some(subscription)) = (row.account(), row.subscription()) else {
        return Ok(());
    };
    if subscriptions::of_purchase(tx, row.paid()).await?.is_none() {
        let check_at = now + READ_AFTER;
        subscriptions::insert(tx, row, (account, subscription), check_at, now).await?;
    }
    Ok(paid::set_subscription_known(tx, row.paid()).await?)
}

/// Gives those of before their rows, a number in each sweep.
///
/// # Errors
/// If the database fails. The next sweep goes on.
pub async fn make_missing(engine: &Engine) -> anyhow::Result<()> {
    for named in subscriptions::unknown(engine.db.reader(), AT_ONCE).await? {
        let tx = engine.db.begin().await?;
        if let Some(row) = paid::lock(&tx, named).await? {
            begin(&tx, &row, engine.now()).await?;
            // A purchase without an account was not made at Stripe, and has nothing to be read.
            paid::set_subscription_known(&tx, named).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
