//! Records that an earned credit was taken back, or restored, and holds the balance meanwhile.

use anyhow::Context;
use domain::{
    credit::{CreditKind, CreditState, ReversalCause, reversal},
    notification::Notification,
    referral::FailureReason,
};
use sea_orm::DatabaseTransaction;
use store::{
    MemberId, Timestamp,
    credits::{self, Earned},
    entities::credit,
    notifications as notification_rows,
    stripe_customers::{self, HolderId},
};

use super::{
    Issued, LEASE, adjust,
    post::{self, Posted},
    record::{balance_changed, notify, set_issued},
    referral,
    spending::taken,
};
use crate::{Engine, notifications, queue::Job, stripe_customers::Claim};

/// The balance that a reversal holds while it is posted, so that no purchase reads it meanwhile.
/// Nothing for the other kinds, which change a balance whatever it is.
pub struct HeldBalance(Option<Claim>);

impl HeldBalance {
    pub async fn release(self, engine: &Engine) -> anyhow::Result<()> {
        match self.0 {
            Some(claim) => claim.release(engine).await,
            None => Ok(()),
        }
    }
}

/// Holds the balance that a reversal, or staff, is about to debit; `None` if a purchase holds it.
pub async fn claim_balance(
    engine: &Engine,
    row: &credit::Model,
) -> anyhow::Result<Option<HeldBalance>> {
    let takes = matches!(*row.kind, CreditKind::Reversed | CreditKind::Corrected);
    let holder = row.stripe_account_id.zip(row.holder());
    let (true, Some((account, holder))) = (takes, holder) else {
        return Ok(Some(HeldBalance(None)));
    };
    let db = engine.db.reader();
    let customer = stripe_customers::get(db, account, holder).await?;
    let Some(customer) = customer else {
        return Ok(Some(HeldBalance(None)));
    };
    let claim = Claim::take(engine, customer.id, LEASE).await?;
    Ok(claim.map(|claim| HeldBalance(Some(claim))))
}

/// Records that Stripe has the reversal. What it took that was not there goes back at once: a
/// referrer never owes anything (`docs/rules.md` 45).
pub async fn record_reversed(
    engine: &Engine,
    row: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let earned = earned_of(&tx, row).await?;
    let standing = referral::lock(&tx, Some(earned)).await?;
    if !set_issued(&tx, row, posted, now).await? {
        return Ok(Issued::NothingToDo);
    }
    balance_changed(&tx, earned.holder(), posted).await?;
    let reversed = taken(posted.entry.amount.in_favor())?;
    let end = reversal(reversed, posted.entry.ending_balance);
    let mut job = None;
    if let Some(restored) = end.restored {
        let row = credits::by_id(&tx, row.id).await?.context("the reversal")?;
        referral::fell_short(&tx, earned, standing, restored).await?;
        let restored = credits::insert_restored(&tx, &row, restored, now).await?;
        job = restored.map(|credit_id| Job::IssueCredit {
            credit_id,
            attempt: 0,
        });
    }
    let taken_back = end.taken_back;
    tracing::info!(reversal = row.id.get(), %taken_back, "a credit was taken back");
    let cause = standing.cause.unwrap_or(ReversalCause::Undone).told();
    let text = format!("A {taken_back} credit was taken back: {cause}");
    let notification = match taken_back.is_positive() {
        true => told(&tx, row, earned.holder(), &text, now).await?,
        false => None,
    };
    if let Some(job) = &job {
        engine.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    if job.is_some() {
        engine.queue.wake_workers();
    }
    notify(engine, notification).await;
    adjust::if_due(engine, Some(earned), standing).await?;
    Ok(Issued::Credited)
}

/// Writes what a member is told of their credit; a platform referrer has no account here.
async fn told(
    tx: &DatabaseTransaction,
    row: &credit::Model,
    holder: HolderId,
    text: &str,
    now: Timestamp,
) -> anyhow::Result<Option<(MemberId, Notification)>> {
    let HolderId::Member(user_id) = holder else {
        return Ok(None);
    };
    let (site, id) = (row.site_id, Some(row.id));
    let row = notification_rows::insert(tx, site, user_id, id, text, now).await?;
    Ok(Some((user_id, notifications::at_its_site(tx, &row).await?)))
}

/// Records that Stripe has what goes back of a reversal or of a correction. Where the cause of a reversal
/// is gone, the referrer is told.
pub async fn record_restored(
    engine: &Engine,
    row: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let earned = credits::origin(&tx, row.clone()).await?.earned();
    let standing = referral::lock(&tx, earned).await?;
    if !set_issued(&tx, row, posted, now).await? {
        return Ok(Issued::NothingToDo);
    }
    let mut notification = None;
    if let Some(holder) = row.holder() {
        balance_changed(&tx, holder, posted).await?;
        if credits::is_restoring(&tx, row).await? {
            let given = posted.entry.amount.in_favor();
            let text = format!("A {given} credit was given back: a friend's purchase counts again");
            notification = told(&tx, row, holder, &text, now).await?;
        }
    }
    tx.commit().await?;
    notify(engine, notification).await;
    adjust::if_due(engine, earned, standing).await?;
    Ok(Issued::Credited)
}

/// Stripe refuses the reversal for good, as when the customer was deleted: nothing was taken back.
pub async fn record_not_reversed(
    engine: &Engine,
    row: &credit::Model,
    attempts: u32,
    reason: FailureReason,
) -> anyhow::Result<Issued> {
    let tx = engine.db.begin().await?;
    let earned = earned_of(&tx, row).await?;
    let standing = referral::lock(&tx, Some(earned)).await?;
    if !credits::set_failed(&tx, row, attempts, &reason, engine.now()).await? {
        return Ok(Issued::NothingToDo);
    }
    let missing = taken(row.amount()?.in_favor())?;
    referral::fell_short(&tx, earned, standing, missing).await?;
    tx.commit().await?;
    adjust::if_due(engine, Some(earned), standing).await?;
    Ok(Issued::Failed(reason))
}

/// Asks Stripe about a credit that was sent and is not confirmed, so that what it earned is known
/// before its purchase is undone.
///
/// # Errors
/// If the database fails.
pub async fn settle(engine: &Engine, credit: &credit::Model) -> anyhow::Result<()> {
    match *credit.state {
        CreditState::Due => super::issue(engine, credit.id).await.map(|_| ()),
        CreditState::Failed => match post::reconcile(engine, credit).await {
            Some(posted) => super::record(engine, credit, &posted).await.map(|_| ()),
            None => Ok(()),
        },
        CreditState::Issued => Ok(()),
    }
}

/// What the credit was earned by that the reversal takes back.
async fn earned_of(tx: &DatabaseTransaction, row: &credit::Model) -> anyhow::Result<Earned> {
    let credit_id = row.undoes.context("the credit of a reversal")?;
    let credit = credits::by_id(tx, credit_id).await?;
    let credit = credit.context("the credit of a reversal")?;
    let earned = credits::origin(tx, credit).await?.earned();
    earned.context("the referral of a reversed credit")
}
