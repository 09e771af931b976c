//! Gives each paid membership and plan its row in `subscriptions`.

use sea_orm::DatabaseTransaction;
use store::{
    Timestamp,
    paid::{self, PaidRow},
    subscriptions,
};

use crate::{
    Engine,
    queue::{FollowUps, Job},
};

/// The most rows that one sweep makes.
const AT_ONCE: u64 = 100;

/// Gives a purchase that just became paid its row, if it is a membership or a plan, and has it read at once.
/// Whatever Stripe told of it before is in what is read then. The caller holds the purchase's lock, and enqueues
/// what follows.
///
/// # Errors
/// If the database fails.
pub async fn begin(
    tx: &DatabaseTransaction,
    row: &PaidRow,
    now: Timestamp,
) -> anyhow::Result<FollowUps> {
    let mut follow_ups = FollowUps::default();
    let (Some(account), Some(subscription)) = (row.account(), row.subscription()) else {
        return Ok(follow_ups);
    };
    if subscriptions::of_purchase(tx, row.paid()).await?.is_none() {
        subscriptions::insert(tx, row, (account, subscription), now).await?;
        if let Some(new) = subscriptions::of_purchase(tx, row.paid()).await? {
            follow_ups.add(Job::ReadSubscription {
                subscription_id: new.id,
                due_at: now,
            });
        }
    }
    paid::set_subscription_known(tx, row.paid()).await?;
    Ok(follow_ups)
}

/// Gives those of before their rows, a number in each sweep.
///
/// # Errors
/// If the database fails. The next sweep goes on.
pub async fn make_missing(engine: &Engine) -> anyhow::Result<()> {
    for named in subscriptions::unknown(engine.db.reader(), AT_ONCE).await? {
        let tx = engine.db.begin().await?;
        if let Some(row) = paid::lock(&tx, named).await? {
            // The next sweep has it read.
            begin(&tx, &row, engine.now()).await?;
            // A purchase without an account was not made at Stripe, and has nothing to be read.
            paid::set_subscription_known(&tx, named).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}
