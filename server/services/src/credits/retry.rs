//! An admin gives a failed credit another try, with the amount that the ledger has.

use domain::credit::CreditState;
use domain::{
    credit::{NotRetried, may_retry, retry_from},
    referral::ReferralStatus,
};
use store::CreditId;
use store::Id;
use store::Timestamp;
use store::{
    Scope,
    audit_log::{self, Change, Field},
    credit_retries,
    entities::user,
    referral_table::Listed,
};
use time::Duration;

use crate::{Engine, queue::Job};

/// Which credit, and who asks for it.
pub struct Retry<'a, Row> {
    /// Whose referral.
    pub scope: Scope,
    /// Our id of the referral.
    pub referral_id: Id<Row>,
    /// What the audit log calls it: `Referral of Jane Doe`.
    pub title: &'a str,
    /// The admin.
    pub actor: &'a user::Model,
}

/// Makes the credit of a referral due once more, with a job; or says why not.
///
/// # Errors
/// If the database fails.
pub async fn retry<E: Listed>(
    state: &Engine,
    retry: &Retry<'_, E::Row>,
) -> anyhow::Result<Result<(), NotRetried>> {
    let now = state.clock.now();
    let (scope, id) = (retry.scope, retry.referral_id);
    let tx = state.db.begin().await?;
    let Some((referral, credit)) = credit_retries::lock::<E>(&tx, scope, id).await? else {
        return Ok(Err(NotRetried::NotFailed));
    };
    let row = E::common(&referral);
    let failed = credit.filter(|credit| credit.state == CreditState::Failed);
    if let Err(not_retried) = may_retry(row.status, row.failure_reason, failed.is_some()) {
        return Ok(Err(not_retried));
    }
    let Some(credit) = failed else {
        return Ok(Err(NotRetried::NotFailed));
    };
    let from = retry_from(
        now,
        credit.failed_at.map(Timestamp::moment),
        credit.first_sent_at.is_some(),
    );
    credit_retries::make_due::<E>(&tx, &credit, id, from.into(), 0).await?;
    let change = Change {
        site_id: E::SITE.map(|_| scope.site_id()),
        actor: Some(retry.actor),
        subject: retry.title,
        now: now.into(),
    };
    let status = Field {
        name: "Status",
        old: Some(row.status.label().to_owned()),
        new: Some(ReferralStatus::Pending.label().to_owned()),
    };
    audit_log::write(&tx, &change, [status]).await?;
    tx.commit().await?;
    push(state, credit.id, from - now).await;
    Ok(Ok(()))
}

/// The queue has had the job of this credit's first attempts, so it takes this one by another key.
async fn push(state: &Engine, credit_id: CreditId, after: Duration) {
    let job = Job::IssueCredit {
        credit_id,
        attempt: 0,
    };
    let round = state.now();
    match after.is_positive() {
        true => state.queue.push_after(job, after, round).await,
        false => state.queue.push_again(job, round).await,
    }
}
