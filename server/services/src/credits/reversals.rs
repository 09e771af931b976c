//! Takes an earned credit back, once the purchase that earned it is undone.

use anyhow::Context;
use domain::{
    credit::{CreditKind, CreditState, reversal},
    money::Money,
    referral::FailureReason,
};
use sea_orm::DatabaseTransaction;
use store::{
    credits::{self, Earned},
    entities::credit,
    notifications as notification_rows, referrals,
    stripe_customers::{self, HolderId},
};
use time::Duration;

use super::{
    Issued, LEASE,
    post::{self, Posted},
    record::{balance_changed, notify, set_issued},
    referral,
    spending::taken,
};
use crate::{Engine, notifications, queue::Job, stripe_customers::Claim};

/// How long a reversal waits for a purchase that holds the balance.
pub const SOON: Duration = Duration::seconds(5);

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

/// Holds the balance that a reversal is about to debit; `None` if a purchase holds it.
pub async fn claim_balance(
    engine: &Engine,
    row: &credit::Model,
) -> anyhow::Result<Option<HeldBalance>> {
    let holder = row.stripe_account_id.zip(row.beneficiary_id);
    let (CreditKind::Reversed, Some((account, member))) = (*row.kind, holder) else {
        return Ok(Some(HeldBalance(None)));
    };
    let db = engine.db.reader();
    let customer = stripe_customers::get(db, account, HolderId::Member(member)).await?;
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
    referral::lock(&tx, Some(earned)).await?;
    if !set_issued(&tx, row, posted, now).await? {
        return Ok(Issued::NothingToDo);
    }
    balance_changed(&tx, earned.holder(), posted).await?;
    let reversed = taken(posted.entry.amount.in_favor())?;
    let end = reversal(reversed, posted.entry.ending_balance);
    let mut job = None;
    if let Some(restored) = end.restored {
        let row = credits::by_id(&tx, row.id).await?.context("the reversal")?;
        let restored = credits::insert_restored(&tx, &row, restored, now).await?;
        job = restored.map(|credit_id| Job::IssueCredit {
            credit_id,
            attempt: 0,
        });
    }
    let told = set_taken_back(&tx, row, earned, end.taken_back).await?;
    let notification = match (told, earned.holder()) {
        (Some(text), HolderId::Member(user_id)) => {
            let (site, id) = (row.site_id, Some(row.id));
            let row = notification_rows::insert(&tx, site, user_id, id, &text, now).await?;
            Some((user_id, notifications::at_its_site(&tx, &row).await?))
        }
        _ => None,
    };
    if let Some(job) = &job {
        engine.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    if job.is_some() {
        engine.queue.wake_workers();
    }
    notify(engine, notification).await;
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
    referral::lock(&tx, Some(earned)).await?;
    if !credits::set_failed(&tx, row, attempts, &reason, engine.now()).await? {
        return Ok(Issued::NothingToDo);
    }
    let nothing = Money::new(0, *row.currency);
    set_taken_back(&tx, row, earned, nothing).await?;
    tx.commit().await?;
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

/// Writes on the referral what was taken back, and returns what its referrer is told.
async fn set_taken_back(
    tx: &DatabaseTransaction,
    row: &credit::Model,
    earned: Earned,
    taken_back: Money,
) -> anyhow::Result<Option<String>> {
    if let Earned::Tenant { referral_id, .. } = earned {
        referrals::set_taken_back(tx, referral_id, taken_back.cents()).await?;
    }
    let text = format!("A {taken_back} credit was taken back: a friend's purchase was undone");
    tracing::info!(reversal = row.id.get(), %taken_back, "a credit was taken back");
    Ok(taken_back.is_positive().then_some(text))
}

/// What the credit was earned by that the reversal takes back.
async fn earned_of(tx: &DatabaseTransaction, row: &credit::Model) -> anyhow::Result<Earned> {
    let credit_id = row.undoes.context("the credit of a reversal")?;
    let credit = credits::by_id(tx, credit_id).await?;
    let credit = credit.context("the credit of a reversal")?;
    let earned = credits::origin(tx, credit).await?.earned();
    earned.context("the referral of a reversed credit")
}
