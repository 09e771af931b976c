//! Records the outcome of an attempt: Credited, a scheduled retry, or Failed.

use anyhow::Context;
use domain::{credit::given, notification::Notification, referral::FailureReason};
use sea_orm::DbErr;
use store::{
    MemberId, Timestamp, Write,
    credits::{self, Earned},
    entities::credit,
    notifications as notification_rows,
    sites::{self, Site},
    stripe_customers::{self, HolderId},
};
use time::Duration;

use super::{Issued, adjust, post::Posted, referral};
use crate::{Engine, live::NewNotification, notifications, referral_mails};

/// How long an attempt waits for another job: one that holds the balance, or one whose answer is to be known
/// first.
pub const SOON: Duration = Duration::seconds(5);

/// Records an issued credit: ledger, referral, balance and notification change in one transaction.
pub async fn record_issued(
    engine: &Engine,
    credit: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = engine.now();
    let told = told(engine, credit).await?;
    let tx = engine.db.begin().await?;
    let standing = referral::lock(&tx, credit.earned()).await?;
    if !set_issued(&tx, credit, posted, now).await? {
        return Ok(Issued::NothingToDo);
    }
    let given = given(posted.entry.amount).context("an issued credit that gave nothing")?;
    if let Some(earned) = credit.earned() {
        balance_changed(&tx, earned.holder(), posted).await?;
    }
    let mut notification = None;
    if let Some((user_id, site)) = &told {
        let (user_id, id) = (*user_id, Some(credit.id));
        let text = format!("You earned a {given} credit from your referral");
        let row = notification_rows::insert(&tx, site.id(), user_id, id, &text, now).await?;
        notification = Some((user_id, notifications::view(&row, &site.row.time_zone)));
        referral_mails::credit_earned(engine, &tx, site, user_id, given).await?;
    }
    if let Some(Earned::Platform { referrer_id, .. }) = credit.earned() {
        referral_mails::referrer_earned(engine, &tx, referrer_id, given).await?;
    }
    // Last: the referral's counters are shared with all referrals of its day, and whoever changes one
    // of those waits until the commit.
    referral::set_credited(&tx, credit.earned(), given, now).await?;
    tx.commit().await?;
    if engine.mailer.can_send() {
        engine.queue.wake_workers();
    }
    notify(engine, notification).await;
    adjust::if_due(engine, credit.earned(), standing).await?;
    Ok(Issued::Credited)
}

/// The member who is told of the credit, with their site; `None` for a platform referrer, who has no account
/// here.
async fn told(engine: &Engine, credit: &credit::Model) -> anyhow::Result<Option<(MemberId, Site)>> {
    let Some(user_id) = credit.beneficiary_id else {
        return Ok(None);
    };
    let site = sites::by_id(engine.db.reader(), credit.site_id).await?;
    Ok(Some((user_id, site.context("the site of a credit")?)))
}

/// Records that Stripe has the balance transaction; `false` if that was recorded before.
pub async fn set_issued(
    db: &impl Write,
    credit: &credit::Model,
    posted: &Posted,
    now: Timestamp,
) -> anyhow::Result<bool> {
    let issued = credits::BalanceTransaction {
        id: &posted.entry.id,
        customer_id: &posted.customer_id,
        amount: posted.entry.amount,
    };
    Ok(credits::set_issued(db, credit.id, &issued, now).await?)
}

/// Marks the stored balance as outdated, and stores the one after the transaction where Stripe said
/// it.
pub async fn balance_changed(
    db: &impl Write,
    holder: HolderId,
    posted: &Posted,
) -> Result<(), DbErr> {
    let (account, customer) = (posted.account_id, &posted.customer_id);
    match posted.entry.ending_balance {
        Some(ending) => {
            let ending = ending.in_favor();
            stripe_customers::balance_changed(db, account, holder, customer, ending).await
        }
        None => stripe_customers::forget_balance(db, account, holder).await,
    }
}

pub async fn notify(engine: &Engine, notification: Option<(MemberId, Notification)>) {
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
    let standing = referral::lock(&tx, credit.earned()).await?;
    if !credits::set_failed(&tx, credit, attempts, &reason, engine.now()).await? {
        return Ok(Issued::NothingToDo);
    }
    referral::set_failed(&tx, credit.earned(), &reason).await?;
    tx.commit().await?;
    adjust::if_due(engine, credit.earned(), standing).await?;
    Ok(Issued::Failed(reason))
}

/// Defers the next request by `left`, without counting an attempt.
pub async fn defer(
    engine: &Engine,
    credit: &credit::Model,
    left: Duration,
) -> anyhow::Result<Issued> {
    tracing::info!(credit = credit.id.get(), %left, "it is too early for the next attempt");
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
