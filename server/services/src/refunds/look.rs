//! Asks Stripe about a purchase: which payment paid for it, what was refunded and disputed, and whether our
//! own refunds have arrived. Events say it sooner, and are not needed for refunds of ours.

use domain::{
    credit::{StripeError, backoff},
    refund::{AfterRefundError, RefundStatus, after_refund_error, next_look},
};
use store::{
    Paid, Timestamp,
    entities::refund,
    paid::{self, Checks, PaidRow},
    refunds,
};
use stripe_gateway::PaidBy;
use time::Duration;

use super::{
    ending, payment, send,
    sums::{check_job, is_ending_due},
    told,
    unknown::adopt,
};
use crate::{
    Engine,
    stripe_customers::{Connection, StepError},
};

/// How long a look may take before another job looks again.
const LEASE: Duration = Duration::minutes(3);
/// The least wait between two looks that no refund asks for.
const LEAST: Duration = Duration::minutes(1);
/// After how many looks a payment that Stripe does not name counts as none: about two days.
const LOOKS_FOR_PAYMENT: i64 = 20;

/// Asks Stripe about the purchase, if that is due. A job calls this.
///
/// # Errors
/// If the database fails. The sweep then enqueues the check again.
pub async fn check(engine: &Engine, paid: Paid) -> anyhow::Result<()> {
    let Some(row) = paid::by_id(engine.db.reader(), paid).await? else {
        return Ok(());
    };
    match row.checks().at {
        Some(at) if at <= engine.now() => look(engine, row).await,
        _ => Ok(()),
    }
}

/// Asks Stripe about the purchase now, unless another job is asking.
///
/// # Errors
/// If the database fails.
pub async fn look(engine: &Engine, row: PaidRow) -> anyhow::Result<()> {
    let Some(at) = row.checks().at else {
        return Ok(());
    };
    let until = engine.now() + LEASE;
    if !paid::take_turn(engine.db.writer(), row.paid(), at, until).await? {
        return Ok(());
    }
    let found = match ask(engine, &row).await {
        Ok(found) => found,
        Err(StepError::Stripe(error)) => unanswered(engine, &row, &error).await?,
        Err(StepError::Database(error)) => return Err(error.into()),
    };
    again(engine, &row, until, found).await
}

/// What is left to ask.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    /// A refund that was sent has no answer: it is sent again after this.
    resend: Option<Duration>,
    /// It has to be looked at what was refunded.
    look: bool,
    /// The payment may still become known.
    payment: bool,
}

async fn ask(engine: &Engine, row: &PaidRow) -> Result<Found, StepError> {
    let connection = payment::connection_for(engine, row).await?;
    let mut found = Found::default();
    let was_known = row.payment_intent().is_some();
    let paid_by = payment::learn(engine, &connection, row).await?;
    // Read before Stripe lists them: one that another job sends after the list is not in it, and is not
    // sent here.
    let refunds = refunds::of_purchase(engine.db.reader(), row.paid()).await?;
    match &paid_by {
        PaidBy::PaymentIntent(payment) => {
            if !was_known {
                adopt_now(engine, row).await.map_err(ours)?;
            }
            let open = refunds.iter().any(|refund| refund.status.is_open());
            if open || row.checks().look {
                list(engine, &connection, row, payment).await?;
            }
            found.resend = send_all(engine, &connection, row, payment, &refunds)
                .await
                .map_err(ours)?;
        }
        // Nothing that Stripe could refund was paid.
        PaidBy::NoPayment => {}
        PaidBy::Unknown => {
            found.payment = row.checks().made < LOOKS_FOR_PAYMENT;
            found.look = row.checks().look && found.payment;
        }
    }
    for refund in refunds::of_purchase(engine.db.reader(), row.paid()).await? {
        let ended = ending::end(engine, &connection, row, &refund).await;
        ended.map_err(ours)?;
    }
    Ok(found)
}

/// An error of ours inside a step that also asks Stripe.
pub fn ours(error: anyhow::Error) -> StepError {
    StepError::Database(sea_orm::DbErr::Custom(format!("{error:#}")))
}

/// Lists what Stripe has of the payment, and writes it.
async fn list(
    engine: &Engine,
    connection: &Connection,
    row: &PaidRow,
    payment: &str,
) -> Result<(), StepError> {
    let refunds = connection.gateway.refunds_of(payment).await?;
    let disputes = connection.gateway.disputes_of(payment).await?;
    if !disputes.is_empty() {
        let (account, now) = (connection.account.id, engine.now());
        let tx = engine.db.begin().await?;
        if let Some(row) = paid::lock(&tx, row.paid()).await? {
            for dispute in &disputes {
                let heard = told::dispute(&tx, account, &row, dispute, now).await;
                heard.map_err(ours)?;
            }
        }
        tx.commit().await?;
    }
    // Also without a refund: everything follows from both.
    let written = send::write(engine, connection, row, &refunds).await;
    written.map_err(ours)
}

async fn adopt_now(engine: &Engine, row: &PaidRow) -> anyhow::Result<()> {
    let tx = engine.db.begin().await?;
    let Some(row) = paid::lock(&tx, row.paid()).await? else {
        return Ok(());
    };
    let follow_ups = adopt(&tx, row, engine.now()).await?;
    follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    follow_ups.wake(engine).await;
    Ok(())
}

/// Sends each refund of ours that Stripe did not list: one that it did list, or that was sent since
/// `refunds` were read, is not sent. Returns the shortest wait for another attempt.
async fn send_all(
    engine: &Engine,
    connection: &Connection,
    row: &PaidRow,
    payment: &str,
    refunds: &[refund::Model],
) -> anyhow::Result<Option<Duration>> {
    let mut wait: Option<Duration> = None;
    for refund in refunds.iter().filter(|refund| is_to_send(refund)) {
        let next = send::send(engine, connection, row, refund, payment).await?;
        wait = match (wait, next) {
            (Some(wait), Some(next)) => Some(wait.min(next)),
            (wait, next) => wait.or(next),
        };
    }
    Ok(wait)
}

fn is_to_send(refund: &refund::Model) -> bool {
    *refund.status == RefundStatus::Requested && refund.token.is_some()
}

/// Stripe did not answer before anything was sent: each refund that waits is tried again, or given up if
/// Stripe was never asked for it and will not have it.
async fn unanswered(engine: &Engine, row: &PaidRow, error: &StripeError) -> anyhow::Result<Found> {
    let mut found = Found {
        look: row.checks().look,
        payment: row.payment_intent().is_none(),
        ..Found::default()
    };
    for refund in refunds::of_purchase(engine.db.reader(), row.paid()).await? {
        if !is_to_send(&refund) {
            continue;
        }
        let attempts = refund.progress()?.attempts + 1;
        let was_sent = refund.first_sent_at.is_some();
        match after_refund_error(attempts, error, false, was_sent) {
            AfterRefundError::Retry(wait) => {
                send::retry_later(engine, &refund, error, false).await?;
                found.resend = Some(found.resend.map_or(wait, |before| before.min(wait)));
            }
            AfterRefundError::Refused(code) => {
                send::give_up(engine, row, &refund, &code).await?;
            }
        }
    }
    Ok(found)
}

/// Stores when Stripe is asked next, and enqueues the job for it.
async fn again(
    engine: &Engine,
    before: &PaidRow,
    until: Timestamp,
    found: Found,
) -> anyhow::Result<()> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    // Somebody asked for another look meanwhile.
    let ours = |row: &PaidRow| row.checks().at == Some(until);
    let Some(row) = paid::lock(&tx, before.paid()).await?.filter(ours) else {
        return Ok(());
    };
    let made = before.checks().made + 1;
    let looks = u32::try_from(made).unwrap_or(u32::MAX);
    let refunds = refunds::of_purchase(&tx, row.paid()).await?;
    let of_refunds = refunds.iter().filter_map(|refund| {
        let is_ours = is_to_send(refund);
        let resend = found.resend.filter(|_| is_ours);
        resend.or_else(|| next_look(*refund.status, looks, now - refund.created_at))
    });
    let left = found.look || found.payment || refunds.iter().any(is_ending_due);
    let of_others = left.then(|| backoff(looks).max(LEAST));
    let wait = of_refunds.chain(of_others).min();
    let checks = match wait {
        Some(wait) => Checks {
            at: Some(now + wait),
            made,
            look: found.look,
        },
        None => Checks::default(),
    };
    paid::set_checks(&tx, row.paid(), checks).await?;
    tx.commit().await?;
    if let (Some(wait), Some(at)) = (wait, checks.at) {
        engine
            .queue
            .enqueue_in(check_job(row.paid(), at), wait, at)
            .await;
    }
    Ok(())
}
