//! The sweep: enqueues a job for every row that is due and has no live job, for example after a
//! crash.

use domain::account::SETUP_LASTS;
use store::{
    api_tokens, checkout_sessions, credits, deletions,
    entities::{
        email_confirmation, invitation, password_reset, platform_referral, referral, referrer_link,
    },
    idempotency_keys, known_devices, mailed_links, mails, paid, platform_purchases, purchases,
    referral_adjustments, referrer_sessions, second_factors, sessions, subscriptions, throttles,
};
use time::Duration;

use crate::{
    Engine,
    accounts::known_devices::DEVICE_KNOWN,
    attention_digest,
    credits::{self as credits_service, LEASE},
    memberships,
    privacy::retention,
    purchases::checkout,
    queue::Job,
    refunds, respellings,
    stripe_accounts::endpoint,
    stripe_customers::{self, platform_referrers},
    stripe_events,
};

/// How long a row may be due before the sweep assumes that its job was lost.
const GRACE: Duration = Duration::seconds(10);
/// How long finished jobs stay in the queue's table, for inspection.
const KEPT: Duration = Duration::days(7);
/// How long a request for a link that resets a password, or signs a platform referrer in, is kept: as
/// long as its link works, and a while.
const RESETS_KEPT: Duration = Duration::DAY;
/// The most purchases, and the most subscriptions, about which one sweep has Stripe asked.
const CHECKS_AT_ONCE: u64 = 200;
/// The most rows of each kind that one sweep enqueues.
const AT_ONCE: u64 = 1_000;

/// Runs one sweep: enqueues everything that is due, retries failed credits and unmatched events,
/// and deletes expired sessions, tokens and idempotency keys, old entries of logs and old jobs.
///
/// # Errors
/// If the database fails. The next sweep tries again.
pub async fn round(engine: &Engine) -> anyhow::Result<()> {
    let now = engine.now();
    let db = engine.db.reader();
    for purchase_id in purchases::overdue(db, now - GRACE, AT_ONCE).await? {
        engine
            .queue
            .requeue(Job::DecideCredit { purchase_id }, now)
            .await;
    }
    for purchase_id in platform_purchases::overdue(db, now - GRACE, AT_ONCE).await? {
        engine
            .queue
            .requeue(Job::DecidePlatformCredit { purchase_id }, now)
            .await;
    }
    for (credit_id, attempt) in credits::overdue(db, now - GRACE, now, LEASE, AT_ONCE).await? {
        let job = Job::IssueCredit { credit_id, attempt };
        engine.queue.requeue(job, now).await;
    }
    for (id, due_at) in checkout_sessions::to_check(db, now, AT_ONCE).await? {
        let job = Job::CheckCheckoutSession { id, due_at };
        engine.queue.requeue(job, now).await;
    }
    for (named, due_at) in paid::due_checks(db, now, CHECKS_AT_ONCE).await? {
        let job = refunds::check_job(named, due_at);
        engine.queue.requeue(job, now).await;
    }
    for (subscription_id, due_at) in subscriptions::due(db, now, CHECKS_AT_ONCE).await? {
        let job = Job::ReadSubscription {
            subscription_id,
            due_at,
        };
        engine.queue.requeue(job, now).await;
    }
    for referral_id in referral_adjustments::due::<referral::Entity>(db, AT_ONCE).await? {
        let job = Job::AdjustCredit { referral_id };
        engine.queue.requeue(job, now).await;
    }
    for referral_id in referral_adjustments::due::<platform_referral::Entity>(db, AT_ONCE).await? {
        let job = Job::AdjustPlatformCredit { referral_id };
        engine.queue.requeue(job, now).await;
    }
    for (mail_id, attempt) in mails::overdue(db, now - GRACE, AT_ONCE).await? {
        let job = Job::SendMail { mail_id, attempt };
        engine.queue.requeue(job, now).await;
    }
    for member_id in deletions::due(db, now, AT_ONCE).await? {
        let job = Job::DeleteAccount { member_id };
        engine.queue.requeue(job, now).await;
    }
    platform_referrers::make_missing(engine).await?;
    memberships::make_missing(engine).await?;
    stripe_events::apply_again(engine).await?;
    refunds::match_known(engine).await?;
    refunds::forget_unknown(engine).await?;
    credits_service::resume_failed(engine, None).await?;
    stripe_customers::mark_adopted(engine).await?;
    stripe_customers::addresses::tell_changed(engine).await?;
    checkout::delete_coupons(engine).await?;
    endpoint::update(engine).await?;
    endpoint::retire(engine).await?;
    attention_digest::send_due(engine).await?;
    respellings::go_on(engine).await?;
    let writer = engine.db.writer();
    sessions::sweep(writer, now).await?;
    api_tokens::sweep(writer, now).await?;
    idempotency_keys::sweep(writer, None, now).await?;
    mailed_links::sweep_requested::<password_reset::Entity>(writer, now - RESETS_KEPT).await?;
    mailed_links::sweep_requested::<referrer_link::Entity>(writer, now - RESETS_KEPT).await?;
    referrer_sessions::sweep(writer, now).await?;
    mailed_links::sweep_ended::<email_confirmation::Entity>(writer, now).await?;
    mailed_links::sweep_ended::<invitation::Entity>(writer, now).await?;
    throttles::sweep(writer, now).await?;
    known_devices::sweep(writer, now - DEVICE_KNOWN).await?;
    second_factors::sweep(writer, now - SETUP_LASTS).await?;
    retention::end_old(engine).await?;
    engine.queue.forget_ended(KEPT).await?;
    Ok(())
}
