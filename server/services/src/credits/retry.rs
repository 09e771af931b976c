//! Retries a failed credit for an admin, with the amount that the ledger holds.

use domain::{
    credit::{CreditState, NotRetried, may_retry, retry_from},
    referral::{FailureReason, ReferralStatus},
};
use store::{
    CreditId, Id, Scope, Timestamp,
    audit_log::{self, Change, Field},
    credit_retries,
    entities::user,
    referral_table::Listed,
};
use time::Duration;

use crate::{Engine, queue::Job};

/// The credit to retry, and the admin who retries it.
pub struct Retry<'a, Row> {
    /// The site or program of the referral.
    pub scope: Scope,
    pub referral_id: Id<Row>,
    /// The subject in the audit log: `Referral 12 of Jane Doe`.
    pub title: &'a str,
    pub actor: &'a user::Model,
}

/// Makes the failed credit of a referral due again and enqueues its job, or returns why it may not
/// be retried.
pub async fn retry<E: Listed>(
    engine: &Engine,
    retry: &Retry<'_, E::Row>,
) -> anyhow::Result<Result<(), NotRetried>> {
    let now = engine.clock.now();
    let (scope, id) = (retry.scope, retry.referral_id);
    let tx = engine.db.begin().await?;
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
    let attempts = Field {
        name: "Attempts",
        old: Some(credit.attempts.to_string()),
        new: Some("0".to_owned()),
    };
    let failure = Field {
        name: audit_log::FAILURE,
        old: row.failure_reason.map(FailureReason::sentence),
        new: None,
    };
    audit_log::write(&tx, &change, [status, attempts, failure]).await?;
    tx.commit().await?;
    engine.console_changed(scope);
    push(engine, credit.id, from - now).await;
    Ok(Ok(()))
}

/// The queue deduplicates jobs by key and has seen this credit before, so the job gets a new key.
async fn push(engine: &Engine, credit_id: CreditId, after: Duration) {
    let job = Job::IssueCredit {
        credit_id,
        attempt: 0,
    };
    let round = engine.now();
    match after.is_positive() {
        true => engine.queue.enqueue_in(job, after, round).await,
        false => engine.queue.requeue(job, round).await,
    }
}
