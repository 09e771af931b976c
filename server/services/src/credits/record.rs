//! Records the outcome of an attempt: Credited, a scheduled retry, or Failed.

use domain::{notification::Notification, referral::FailureReason};
use store::{
    MemberId,
    credits::{self, BalanceTransaction, Earned},
    entities::credit,
    notifications as notification_rows,
    stripe_customers::{self, HolderId},
};
use time::Duration;

use super::{Issued, post::Posted, referral};
use crate::{Engine, live::NewNotification, notifications};

/// Records an issued credit: ledger, referral, balance and notification change in one transaction.
pub async fn record_issued(
    engine: &Engine,
    credit: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    referral::lock(&tx, credit.earned()).await?;
    let (customer, entry) = (&posted.customer_id, &posted.entry);
    let issued = BalanceTransaction {
        id: &entry.id,
        customer_id: customer,
        amount: entry.amount,
    };
    if !credits::set_issued(&tx, credit.id, &issued, now).await? {
        return Ok(Issued::NothingToDo);
    }
    let given = entry.given;
    referral::set_credited(&tx, credit.earned(), given, now).await?;
    if let Some(earned) = credit.earned() {
        let holder = match earned {
            Earned::Tenant { beneficiary_id, .. } => HolderId::Member(beneficiary_id),
            Earned::Platform { referrer_id, .. } => HolderId::PlatformReferrer(referrer_id),
        };
        let account = posted.account_id;
        match entry.ending_balance {
            Some(ending) => {
                let balance = ending.in_favor();
                stripe_customers::set_balance(&tx, account, holder, customer, balance, now).await?;
            }
            None => stripe_customers::forget_balance(&tx, account, holder).await?,
        }
    }
    let mut notification = None;
    if let Some(user_id) = credit.beneficiary_id {
        let text = format!("You earned a {given} credit from your referral");
        let (site, id) = (credit.site_id, Some(credit.id));
        let row = notification_rows::insert(&tx, site, user_id, id, &text, now).await?;
        notification = Some((user_id, notifications::view(&row)));
    }
    tx.commit().await?;
    notify(engine, notification).await;
    Ok(Issued::Credited)
}

async fn notify(engine: &Engine, notification: Option<(MemberId, Notification)>) {
    if let Some((user_id, notification)) = notification {
        engine
            .live
            .notify(
                &engine.db,
                NewNotification {
                    user_id,
                    notification,
                },
            )
            .await;
    }
}

/// Stripe does not have the credit and will not get it: ledger and referral say so together.
pub async fn record_failed(
    engine: &Engine,
    credit: &credit::Model,
    attempts: u32,
    reason: FailureReason,
) -> anyhow::Result<Issued> {
    let tx = engine.db.begin().await?;
    referral::lock(&tx, credit.earned()).await?;
    if !credits::set_failed(&tx, credit, attempts, &reason, engine.now()).await? {
        return Ok(Issued::NothingToDo);
    }
    referral::set_failed(&tx, credit.earned(), &reason).await?;
    tx.commit().await?;
    Ok(Issued::Failed(reason))
}

/// Defers the next request by `left`, without counting an attempt.
pub async fn defer(
    engine: &Engine,
    credit: &credit::Model,
    left: Duration,
) -> anyhow::Result<Issued> {
    tracing::info!(credit = credit.id.get(), %left, "the previous request may still be executing");
    let attempts = credit.progress()?.attempts;
    schedule_retry(engine, credit, attempts, false, left).await
}

/// The next attempt is due after `wait`. `replays`: under the key in use Stripe would only repeat its
/// error.
pub async fn schedule_retry(
    engine: &Engine,
    credit: &credit::Model,
    attempts: u32,
    replays: bool,
    wait: Duration,
) -> anyhow::Result<Issued> {
    let next = engine.now() + wait;
    let ours = credits::set_retry(engine.db.writer(), credit, attempts, replays, next).await?;
    Ok(match ours {
        true => Issued::Retry(wait),
        false => Issued::NothingToDo,
    })
}
