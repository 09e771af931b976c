//! The sweep: whatever is due and has no live job gets one. What a crash lost is found here.

use store::{
    api_tokens, checkout_sessions, credits, idempotency_keys, platform_purchases, purchases,
    sessions,
};
use time::Duration;

use crate::{
    Engine,
    credits::{self as credits_service, LEASE},
    queue::Job,
    stripe_customers, stripe_events,
};

/// How long a job may be on its way before its row counts as an orphan.
const GRACE: Duration = Duration::seconds(10);
/// How long a job that ended stays in the queue's table, for whoever wants to look.
const KEPT: Duration = Duration::days(7);
/// Rows taken up in one round.
const AT_ONCE: u64 = 1_000;

/// Goes over everything that is due, sessions, tokens and keys that ran out and jobs that ended.
///
/// # Errors
/// If the database fails; the next round does it.
pub async fn round(state: &Engine) -> anyhow::Result<()> {
    let now = state.now();
    let db = state.db.reader();
    for purchase_id in purchases::overdue(db, now - GRACE, AT_ONCE).await? {
        state
            .queue
            .push_again(Job::DecideCredit { purchase_id }, now)
            .await;
    }
    for purchase_id in platform_purchases::overdue(db, now - GRACE, AT_ONCE).await? {
        state
            .queue
            .push_again(Job::DecidePlatformCredit { purchase_id }, now)
            .await;
    }
    for (credit_id, attempt) in credits::overdue(db, now - GRACE, now, LEASE, AT_ONCE).await? {
        let job = Job::IssueCredit { credit_id, attempt };
        state.queue.push_again(job, now).await;
    }
    for (id, due_at) in checkout_sessions::to_check(db, now, AT_ONCE).await? {
        let job = Job::CheckCheckoutSession { id, due_at };
        state.queue.push_again(job, now).await;
    }
    stripe_events::apply_again(state).await?;
    credits_service::go_on(state, None).await?;
    stripe_customers::mark_adopted(state).await?;
    let writer = state.db.writer();
    sessions::sweep(writer, now).await?;
    api_tokens::sweep(writer, now).await?;
    idempotency_keys::sweep(writer, None, now).await?;
    state.queue.forget_ended(KEPT).await?;
    Ok(())
}
