//! Records what staff gave and took by hand, once Stripe has it (`docs/rules.md` 139 and 140).

use anyhow::Context;
use domain::{
    credit::{given, reversal},
    notification::Notification,
};
use sea_orm::DatabaseTransaction;
use store::{
    MemberId, Timestamp, credits, entities::credit, notifications as notification_rows, sites,
    stripe_customers::HolderId,
};

use super::{
    Issued,
    post::Posted,
    record::{balance_changed, notify, set_issued},
    spending::taken,
};
use crate::{Engine, notifications, queue::Job, referral_mails};

/// Records that Stripe has the credit, and tells whom it was given.
pub async fn record_granted(
    engine: &Engine,
    row: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    if !set_issued(&tx, row, posted, now).await? {
        return Ok(Issued::NothingToDo);
    }
    let holder = row.holder().context("who was given a credit")?;
    balance_changed(&tx, holder, posted).await?;
    let given = given(posted.entry.amount).context("a credit by hand that gave nothing")?;
    let reason = row.reason.as_deref().unwrap_or_default();
    let mut notification = None;
    match holder {
        HolderId::Member(member_id) => {
            let what = |site: &str| format!("{site} gave you a {given} credit: {reason}");
            notification = Some(tell(&tx, row, member_id, what, now).await?);
            let site = row.site_id;
            referral_mails::credit_given(engine, &tx, site, member_id, (given, reason)).await?;
        }
        HolderId::PlatformReferrer(id) => {
            referral_mails::referrer_given(engine, &tx, id, (given, reason)).await?;
        }
    }
    tx.commit().await?;
    engine.queue.wake_workers();
    notify(engine, notification).await;
    Ok(Issued::Credited)
}

/// Records that Stripe has the debit. What it took that was not there goes back at once.
pub async fn record_corrected(
    engine: &Engine,
    row: &credit::Model,
    posted: &Posted,
) -> anyhow::Result<Issued> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    if !set_issued(&tx, row, posted, now).await? {
        return Ok(Issued::NothingToDo);
    }
    let holder = row.holder().context("whose credit was taken")?;
    balance_changed(&tx, holder, posted).await?;
    let end = reversal(
        taken(posted.entry.amount.in_favor())?,
        posted.entry.ending_balance,
    );
    if let Some(restored) = end.restored {
        let row = credits::by_id(&tx, row.id).await?.context("the debit")?;
        if let Some(credit_id) = credits::insert_restored(&tx, &row, restored, now).await? {
            let attempt = 0;
            let job = Job::IssueCredit { credit_id, attempt };
            engine.queue.enqueue(&tx, &job).await?;
        }
    }
    let mut notification = None;
    if let (HolderId::Member(member_id), true) = (holder, end.taken_back.is_positive()) {
        let reason = row.reason.as_deref().unwrap_or_default();
        let taken = end.taken_back;
        let what = |site: &str| format!("{site} took {taken} of your credit: {reason}");
        notification = Some(tell(&tx, row, member_id, what, now).await?);
    }
    tx.commit().await?;
    engine.queue.wake_workers();
    notify(engine, notification).await;
    Ok(Issued::Credited)
}

/// Writes the notification with the words for the name of the member's site.
async fn tell(
    tx: &DatabaseTransaction,
    row: &credit::Model,
    member_id: MemberId,
    words: impl FnOnce(&str) -> String,
    now: Timestamp,
) -> anyhow::Result<(MemberId, Notification)> {
    let site = sites::by_id(tx, row.site_id).await?;
    let text = words(&site.context("the site of a credit")?.row.name);
    let (site, id) = (row.site_id, Some(row.id));
    let row = notification_rows::insert(tx, site, member_id, id, &text, now).await?;
    Ok((member_id, notifications::at_its_site(tx, &row).await?))
}
