//! Performs jobs.

pub mod sweep;
mod worker;

use store::{CreditId, credits as rows};

use crate::{
    Engine,
    accounts::reset,
    books,
    credits::{self, Issued, Paid, adjust},
    mail, memberships,
    platform_referrers::sign_in as referrer_sign_in,
    privacy,
    purchases::{self, checkout::retrieve},
    queue::Job,
    refunds,
    stripe_customers::platform_referrers,
};

pub use worker::run;

/// Performs one job.
///
/// # Errors
/// If the database fails. The sweep enqueues a new job for what is left.
pub async fn perform(engine: &Engine, job: &Job) -> anyhow::Result<()> {
    match *job {
        Job::DecideCredit { purchase_id } => {
            purchases::learn_credit_used(engine, purchase_id).await?;
            let due = credits::decide(engine, Paid::Tenant(purchase_id)).await?;
            issue_if_due(engine, due).await
        }
        Job::DecidePlatformCredit { purchase_id } => {
            let due = credits::decide(engine, Paid::Platform(purchase_id)).await?;
            issue_if_due(engine, due).await
        }
        Job::IssueCredit { credit_id, .. } => issue(engine, credit_id).await,
        Job::MakeCustomer {
            platform_referrer_id,
        } => platform_referrers::make(engine, platform_referrer_id).await,
        Job::CheckCheckoutSession { id, .. } => retrieve::check(engine, id).await,
        Job::MailResetLink { password_reset_id } => {
            reset::mail_link(engine, password_reset_id).await
        }
        Job::MailReferrerLink { referrer_link_id } => {
            referrer_sign_in::mail_link(engine, referrer_link_id).await
        }
        Job::SendMail { mail_id, .. } => mail::send(engine, mail_id).await,
        Job::AdjustCredit { referral_id } => adjust::member(engine, referral_id).await,
        Job::AdjustPlatformCredit { referral_id } => adjust::platform(engine, referral_id).await,
        Job::CheckRefunds { purchase_id, .. } => {
            refunds::check(engine, Paid::Tenant(purchase_id)).await
        }
        Job::CheckPlatformRefunds { purchase_id, .. } => {
            refunds::check(engine, Paid::Platform(purchase_id)).await
        }
        Job::ReadSubscription {
            subscription_id, ..
        } => memberships::read(engine, subscription_id).await,
        Job::Reconcile {
            reconciliation_id, ..
        } => books::perform(engine, reconciliation_id).await,
        Job::DeleteAccount { member_id } => privacy::delete(engine, member_id).await,
    }
}

async fn issue_if_due(engine: &Engine, credit_id: Option<CreditId>) -> anyhow::Result<()> {
    match credit_id {
        Some(credit_id) => issue(engine, credit_id).await,
        None => Ok(()),
    }
}

/// Issues a credit. After a temporary Stripe error, enqueues a job for the next attempt.
async fn issue(engine: &Engine, credit_id: CreditId) -> anyhow::Result<()> {
    if let Issued::Retry(wait) = credits::issue(engine, credit_id).await?
        && let Some(credit) = rows::by_id(engine.db.reader(), credit_id).await?
    {
        let again = Job::IssueCredit {
            credit_id,
            attempt: credit.attempts,
        };
        // An admin's retry counts attempts from 0 again, so the number alone would repeat an
        // earlier key.
        let round = credit.next_attempt_at;
        engine.queue.enqueue_in(again, wait, round).await;
    }
    Ok(())
}
