//! Reads how Stripe has a subscription, and what follows for the credit that its purchase earned.

use anyhow::Context;
use domain::{
    credit::{StripeError, backoff},
    purchase::{CreditCheck, SubscriptionStatus},
};
use sea_orm::DatabaseTransaction;
use store::{
    SubscriptionId, Timestamp,
    credits::{self, Earned},
    entities::{credit, subscription::Model},
    paid::{self, PaidRow},
    platform_referrals, referrals,
    subscriptions::{self, Told},
};
use stripe_gateway::Subscription;
use time::Duration;

use super::portal;
use crate::{
    Engine, credits::adjust, queue::FollowUps, refunds::connection_for, stripe_customers::StepError,
};

/// How long a reading may take before another job reads again.
const LEASE: Duration = Duration::minutes(3);
/// The least wait before another try.
const LEAST: Duration = Duration::minutes(1);
/// How long before a hold ends it is read whether the subscription goes on, if no event told it.
const BEFORE_HOLD_ENDS: Duration = Duration::hours(1);
/// When it is read again if it is not decided yet what its purchase earns, as a hold may follow: less and less
/// often, as its payment stays undecided.
const AFTER_DECISION: (Duration, Duration) = (Duration::minutes(1), Duration::hours(1));
/// How often it is read while the credit that it earned is under review.
const IN_REVIEW: Duration = Duration::DAY;
/// How long after the end of a period it is read how it went on, if no event told it.
const AFTER_PERIOD: Duration = Duration::hours(1);
/// How long no event may tell of one that goes on before it is read: none is sent while the account has no webhook
/// endpoint.
const UNTOLD: Duration = Duration::days(7);

/// Reads the subscription, if that is due. A job calls this.
///
/// # Errors
/// If the database fails. The sweep then enqueues the reading again.
pub async fn read(engine: &Engine, id: SubscriptionId) -> anyhow::Result<()> {
    let Some(row) = subscriptions::by_id(engine.db.reader(), id).await? else {
        return Ok(());
    };
    let now = engine.now();
    let Some(at) = row.check_at.filter(|at| *at <= now) else {
        return Ok(());
    };
    let until = now + LEASE;
    if !subscriptions::take_turn(engine.db.writer(), id, at, until).await? {
        return Ok(());
    }
    match ask(engine, &row).await {
        Ok(Some(told)) => write(engine, &row, &told, until).await,
        Ok(None) => later(engine, &row, until, "Stripe does not say how it stands").await,
        Err(StepError::Stripe(error)) => later(engine, &row, until, &format!("{error:?}")).await,
        Err(StepError::Database(error)) => Err(error.into()),
    }
}

/// What Stripe says; `None` if it has no such subscription, or says what we cannot read.
async fn ask(engine: &Engine, row: &Model) -> Result<Option<Told>, StepError> {
    let Some(named) = row.paid() else {
        return Err(StripeError::NotConnected.into());
    };
    let Some(purchase) = paid::by_id(engine.db.reader(), named).await? else {
        return Err(StripeError::NotConnected.into());
    };
    let connection = connection_for(engine, &purchase).await?;
    let found = connection.gateway.subscription(&row.stripe_id).await?;
    if let PaidRow::Platform(purchase) = &purchase {
        portal::offer_login(engine, &connection, purchase.site_id).await?;
    }
    Ok(found.and_then(told))
}

fn told(found: Subscription) -> Option<Told> {
    Some(Told {
        status: SubscriptionStatus::parse(found.status.as_deref()?)?,
        customer: found.customer,
        period_end: at(found.current_period_end),
        cancel_at_period_end: found.cancel_at_period_end,
        cancel_at: at(found.cancel_at),
        canceled_at: at(found.canceled_at),
        ended_at: at(found.ended_at),
    })
}

fn at(seconds: Option<i64>) -> Option<Timestamp> {
    let millis = seconds.and_then(|seconds| seconds.checked_mul(1_000));
    millis.and_then(Timestamp::from_millis)
}

/// Stores what Stripe said. One that is over may have ended while the credit of its purchase was on hold.
async fn write(engine: &Engine, row: &Model, told: &Told, until: Timestamp) -> anyhow::Result<()> {
    let now = engine.now();
    let named = row.paid().context("the purchase of a subscription")?;
    let tx = engine.db.begin().await?;
    let purchase = paid::lock(&tx, named).await?;
    let purchase = purchase.context("the purchase of a subscription")?;
    // Who asked for another look meanwhile is told what is newer, and may have written it already.
    let current = subscriptions::by_id(&tx, row.id).await?;
    if current.is_none_or(|current| current.check_at != Some(until)) {
        return Ok(());
    }
    subscriptions::set_told(&tx, row.id, told, now).await?;
    let is_over = told.status.is_over();
    // A period that is over, of a subscription that is not: Stripe still tries to have it paid.
    let after_period = told
        .period_end
        .map(|end| (end + AFTER_PERIOD).clamp(now + Duration::DAY, now + UNTOLD));
    let credit = earned(&tx, &purchase).await?;
    let held_until = credit.as_ref().and_then(|credit| credit.held_until);
    let in_hold = held_until.map(|end| end - BEFORE_HOLD_ENDS);
    let in_hold = in_hold.filter(|at| *at > now);
    let in_review = credit.filter(credit::Model::is_under_review);
    let in_review = in_review.map(|_| now + IN_REVIEW);
    let (decision, _) = purchase.decision();
    let (least, most) = AFTER_DECISION;
    let undecided =
        (decision == CreditCheck::Due).then(|| now + (now - row.created_at).clamp(least, most));
    let next = [in_hold, in_review, undecided, after_period];
    let next = next.into_iter().flatten();
    let next = next.min();
    subscriptions::set_next(&tx, row.id, until, next.filter(|_| !is_over), 0).await?;
    let scope = purchase.scope();
    let mut follow_ups = FollowUps::default();
    if is_over {
        let ended_at = told.ended_at.unwrap_or(now);
        paid::set_subscription_ended(&tx, named, ended_at).await?;
        let ended = paid::lock(&tx, named).await?;
        let ended = ended.context("the purchase of a subscription")?;
        follow_ups = adjust::of_purchase(&tx, &ended, now).await?;
    }
    follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    engine.console_changed(scope);
    follow_ups.wake(engine).await;
    Ok(())
}

/// The credit that the purchase earned.
async fn earned(
    tx: &DatabaseTransaction,
    purchase: &PaidRow,
) -> anyhow::Result<Option<credit::Model>> {
    let earned = match purchase {
        PaidRow::Tenant(row) => {
            let referral = referrals::of_referred(tx, row.site_id, row.buyer_id).await?;
            let its = referral.filter(|referral| referral.purchase_id == Some(row.id));
            its.map(|referral| Earned::Tenant {
                referral_id: referral.id,
                beneficiary_id: referral.referrer_id,
            })
        }
        PaidRow::Platform(row) => {
            let mut referrals = platform_referrals::of_purchases(tx, [row.id]).await?;
            referrals.pop().map(|referral| Earned::Platform {
                referral_id: referral.id,
                referrer_id: referral.referrer_id,
            })
        }
    };
    let Some(earned) = earned else {
        return Ok(None);
    };
    Ok(credits::of_earned(tx, earned).await?)
}

/// Stripe did not tell: it is asked again, less and less often.
async fn later(engine: &Engine, row: &Model, until: Timestamp, why: &str) -> anyhow::Result<()> {
    let checks = row.checks + 1;
    let wait = backoff(u32::try_from(checks).unwrap_or(u32::MAX)).max(LEAST);
    let next = engine.now() + wait;
    tracing::warn!(
        subscription = row.id.get(),
        why,
        "a subscription was not read"
    );
    subscriptions::set_next(engine.db.writer(), row.id, until, Some(next), checks).await?;
    Ok(())
}
