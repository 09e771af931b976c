//! An admin approves a credit that is under review (`docs/rules.md` 168). To deny it voids its referral
//! ([`crate::voids`]).

use domain::{
    credit::{NotReviewed, Signs, is_on_hold},
    referral::ReferralStatus,
};
use store::{
    Id, Scope, Timestamp,
    audit_log::{self, Change, Field},
    credit_retries,
    credits::reviews as rows,
    entities::{credit, user},
    referral_table::Listed,
    subscriptions,
};
use time::Duration;

use crate::{Engine, memberships, queue::Job};

/// What was under review, with what was seen.
pub(crate) fn waiting(seen: Vec<String>) -> String {
    let mut words = vec!["Under review.".to_owned()];
    words.extend(seen);
    words.join(" ")
}

/// The referral whose credit is approved, and the admin who does it.
pub struct Approve<'a, Row> {
    /// The site or program of the referral.
    pub scope: Scope,
    pub referral_id: Id<Row>,
    /// The subject in the audit log: `Referral 12 of Jane Doe`.
    pub title: &'a str,
    pub actor: &'a user::Model,
    pub reason: &'a str,
}

/// Approves the credit of a referral, which is issued once its hold is over; `None` if the scope has no such
/// referral.
///
/// # Errors
/// If the database fails.
pub async fn approve<E: Listed>(
    engine: &Engine,
    approve: &Approve<'_, E::Row>,
) -> anyhow::Result<Option<Result<(), NotReviewed>>> {
    let (scope, id) = (approve.scope, approve.referral_id);
    read_membership::<E>(engine, id).await?;
    let tx = engine.db.begin().await?;
    let Some((referral, credit)) = credit_retries::lock::<E>(&tx, scope, id).await? else {
        return Ok(None);
    };
    let pending = E::common(&referral).status == ReferralStatus::Pending;
    let Some(credit) = credit.filter(|credit| pending && credit.is_under_review()) else {
        return Ok(Some(Err(NotReviewed)));
    };
    let seen = credit.review_signs.as_deref().map(Signs::sentences);
    let seen = seen.unwrap_or_default();
    if !rows::approve(&tx, credit.id).await? {
        return Ok(Some(Err(NotReviewed)));
    }
    let change = Change {
        site_id: E::SITE.map(|_| scope.site_id()),
        actor: Some(approve.actor),
        subject: approve.title,
        now: engine.now(),
    };
    let field = Field {
        name: audit_log::REVIEW,
        old: Some(waiting(seen)),
        new: Some(format!("Approved: {}", approve.reason)),
    };
    audit_log::write(&tx, &change, [field]).await?;
    tx.commit().await?;
    engine.console_changed(scope);
    issue(engine, &credit).await;
    Ok(Some(Ok(())))
}

/// Asks Stripe whether what was bought goes on, if it is a membership or a plan: one that ended during the
/// review earns nothing (`docs/rules.md` 167), whether or not an event said so. Without an answer it is as the
/// last one said.
async fn read_membership<E: Listed>(engine: &Engine, id: Id<E::Row>) -> anyhow::Result<()> {
    let db = engine.db.reader();
    let credit = credit_retries::of::<E>(db, &[id]).await?.pop();
    let Some(credit) = credit.filter(credit::Model::is_under_review) else {
        return Ok(());
    };
    let Some(paid) = rows::purchase(db, &credit).await? else {
        return Ok(());
    };
    let Some(subscription) = subscriptions::of_purchase(db, paid).await? else {
        return Ok(());
    };
    subscriptions::look_at(engine.db.writer(), subscription.id, engine.now()).await?;
    memberships::read(engine, subscription.id).await
}

/// Has the credit issued once its hold is over. If the job gets lost, the sweep finds the credit then.
async fn issue(engine: &Engine, credit: &credit::Model) {
    let job = Job::IssueCredit {
        credit_id: credit.id,
        attempt: credit.attempts,
    };
    let now = engine.now();
    let end = credit.held_until.map(Timestamp::moment);
    match credit.held_until.filter(|_| is_on_hold(end, now.moment())) {
        Some(end) => {
            let wait = (end - now).max(Duration::ZERO);
            engine.queue.enqueue_in(job, wait, end).await;
        }
        None => engine.queue.requeue(job, now).await,
    }
}
