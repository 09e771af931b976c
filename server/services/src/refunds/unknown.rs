//! Refunds and disputes that arrived before their payment was known: they are kept, and applied as soon
//! as it is.

use sea_orm::DatabaseTransaction;
use store::{
    StripeAccountId, Timestamp,
    entities::{dispute, refund},
    paid::{self, Checks, PaidRow},
    refunds, stripe_accounts, without_purchase,
};
use time::Duration;

use super::sums::{self, check_job};
use crate::{Engine, queue::FollowUps};

/// How long what is not ours is kept: longer than any payment is waited for.
const KEPT: Duration = Duration::days(40);
/// When the payment of a subscription is looked up: after what its sale is in a hurry for.
const LOOKED_UP: Duration = Duration::minutes(1);
/// The most that one sweep matches.
const AT_ONCE: u64 = 100;

/// Applies what is kept of the payment of a purchase that just became paid, or leaves it to the sweep to have
/// a subscription's payment looked up. `invoice` is the first invoice of a subscription, if Stripe named it.
/// The caller holds the purchase's lock, and enqueues what follows.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn begin(
    tx: &DatabaseTransaction,
    row: PaidRow,
    invoice: Option<&str>,
    now: Timestamp,
) -> anyhow::Result<FollowUps> {
    if row.payment_intent().is_some() {
        return adopt(tx, row, now).await;
    }
    let costs = row.price().is_none_or(|price| price.is_positive());
    if row.subscription().is_some() && costs {
        paid::set_payment(tx, row.paid(), invoice, None).await?;
        let checks = Checks {
            at: Some(now + LOOKED_UP),
            ..row.checks()
        };
        paid::set_checks(tx, row.paid(), checks).await?;
    }
    Ok(FollowUps::default())
}

/// Gives the purchase what is kept of its payment. The caller holds the purchase's lock, and enqueues what
/// follows.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn adopt(
    tx: &DatabaseTransaction,
    row: PaidRow,
    now: Timestamp,
) -> anyhow::Result<FollowUps> {
    let mut follow_ups = FollowUps::default();
    let Some(payment) = row.payment_intent().map(str::to_owned) else {
        return Ok(follow_ups);
    };
    if !without_purchase::is_any_of_payment(tx, &payment).await? {
        return Ok(follow_ups);
    }
    let scope = row.scope();
    let kept = without_purchase::of_payment::<refund::Entity>(tx, scope, &payment).await?;
    let disputed = without_purchase::of_payment::<dispute::Entity>(tx, scope, &payment).await?;
    if kept.is_empty() && disputed.is_empty() {
        return Ok(follow_ups);
    }
    let mut row = row;
    for refund in &kept {
        refunds::give(tx, refund, row.paid()).await?;
    }
    // Of a charge it is not known what was refunded.
    if kept.iter().any(|refund| refund.currency.is_empty()) {
        paid::look_at(tx, row.paid(), now).await?;
        follow_ups.add(check_job(row.paid(), now));
        row = paid::lock(tx, row.paid()).await?.unwrap_or(row);
    }
    for dispute in &disputed {
        let (id, stripe_id) = (dispute.id, &dispute.stripe_id);
        without_purchase::give::<dispute::Entity>(tx, id, stripe_id, row.paid()).await?;
    }
    follow_ups.append(sums::settle(tx, row, now).await?);
    Ok(follow_ups)
}

/// Applies what was kept while its payment was just being recorded. The sweep calls this.
///
/// # Errors
/// If the database fails. The next sweep tries again.
pub async fn match_known(engine: &Engine) -> anyhow::Result<()> {
    let db = engine.db.reader();
    let refunds = without_purchase::matched::<refund::Entity>(db, AT_ONCE).await?;
    let disputes = without_purchase::matched::<dispute::Entity>(db, AT_ONCE).await?;
    for (account, payment) in refunds.into_iter().chain(disputes) {
        match_one(engine, account, &payment).await?;
    }
    Ok(())
}

async fn match_one(engine: &Engine, account: StripeAccountId, payment: &str) -> anyhow::Result<()> {
    let tx = engine.db.begin().await?;
    let Some(account) = stripe_accounts::row(&tx, account).await? else {
        return Ok(());
    };
    let found = paid::lock_by_payment(&tx, (account.id, account.platform), payment).await?;
    let Some(row) = found else {
        return Ok(());
    };
    let scope = row.scope();
    let follow_ups = adopt(&tx, row, engine.now()).await?;
    follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    engine.console_changed(scope);
    follow_ups.wake(engine).await;
    Ok(())
}

/// Forgets what is kept of payments that are not ours.
///
/// # Errors
/// If the database fails. The next sweep tries again.
pub async fn forget_unknown(engine: &Engine) -> anyhow::Result<()> {
    let before = engine.now() - KEPT;
    let db = engine.db.writer();
    without_purchase::sweep::<refund::Entity>(db, before).await?;
    Ok(without_purchase::sweep::<dispute::Entity>(db, before).await?)
}
