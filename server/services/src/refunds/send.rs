//! Sends a refund of ours to Stripe: once, whatever answer gets lost. Its row and its key were committed
//! before.

use anyhow::Context;
use domain::{
    credit::{SinceLastAttempt, StripeError, key_to_send, replays_error},
    refund::{
        AfterRefundError, KEY_NEEDS_ATTENTION, RefundStatus, after_refund_error, sent_key,
        wait_before,
    },
};
use store::{
    entities::refund,
    paid::{self, PaidRow},
    refunds::{self, Sending},
};
use stripe_gateway::{NewRefund, Refund};
use time::Duration;

use super::{
    sums,
    told::{self, Heard},
};
use crate::{Engine, stripe_customers::Connection};

/// Sends a refund that was not among those that Stripe just listed, and writes the answer. Returns how long
/// to wait before the next attempt, if one is needed.
///
/// # Errors
/// If the database fails. The job then tries again.
pub async fn send(
    engine: &Engine,
    connection: &Connection,
    row: &PaidRow,
    refund: &refund::Model,
    payment: &str,
) -> anyhow::Result<Option<Duration>> {
    let (progress, now) = (refund.progress()?, engine.clock.now());
    let was_sent = progress.first_sent_at.is_some();
    let account = &connection.account;
    let same_secret = !was_sent
        || refund.stripe_account_id == account.id
            && refund.stripe_account_version == Some(account.version);
    if let Some(wait) = wait_before(&progress, same_secret, now) {
        return Ok(Some(wait));
    }
    let since_last = SinceLastAttempt {
        same_secret,
        same_customer: true,
    };
    let (generation, first_sent_at) = key_to_send(&progress, since_last, now);
    let sending = Sending {
        account,
        generation,
        first_sent_at: first_sent_at.into(),
        now: engine.now(),
    };
    if !refunds::set_sent(engine.db.writer(), refund, &sending).await? {
        // Another job has just sent it, or has its answer.
        return Ok(None);
    }
    let token = refund.token.as_deref().context("the token of our refund")?;
    let new = NewRefund {
        payment_intent: payment,
        amount_cents: refund.amount_cents,
        token,
    };
    let key = sent_key(token, generation);
    tracing::info!(refund = refund.id.get(), key, "refunding");
    let answered = connection.gateway.create_refund(new, &key).await;
    // A key that may not make refunds works all the same.
    let error = match answered {
        Ok(answered) => {
            write(engine, connection, row, std::slice::from_ref(&answered)).await?;
            return Ok(None);
        }
        Err(error) => error,
    };
    match after_refund_error(progress.attempts + 1, &error, true, was_sent) {
        AfterRefundError::Retry(wait) => {
            retry_later(engine, refund, &error, true).await?;
            Ok(Some(wait))
        }
        AfterRefundError::Refused(code) => {
            refuse(engine, connection, row, refund, payment, &code).await
        }
    }
}

/// Writes what Stripe says of refunds of this purchase, and lets everything follow.
///
/// # Errors
/// If the database fails.
pub async fn write(
    engine: &Engine,
    connection: &Connection,
    row: &PaidRow,
    told: &[Refund],
) -> anyhow::Result<()> {
    let (account, now) = (connection.account.id, engine.now());
    let tx = engine.db.begin().await?;
    let Some(row) = paid::lock(&tx, row.paid()).await? else {
        return Ok(());
    };
    for refund in told {
        if told::refund(&tx, account, &row, refund, now).await? == Heard::Unreadable {
            tracing::error!(
                refund = refund.id,
                "a refund in a state that cannot be read"
            );
        }
    }
    let scope = row.scope();
    let follow_ups = sums::settle(&tx, row, now).await?;
    follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    engine.console_changed(scope);
    follow_ups.wake(engine).await;
    Ok(())
}

/// Counts an attempt whose outcome is not known.
///
/// # Errors
/// If the database fails.
pub async fn retry_later(
    engine: &Engine,
    refund: &refund::Model,
    error: &StripeError,
    posting: bool,
) -> anyhow::Result<()> {
    let attempts = refund.progress()?.attempts + 1;
    tracing::warn!(
        refund = refund.id.get(),
        attempts,
        ?error,
        posting,
        "a refund has no answer yet"
    );
    let replays = replays_error(error, posting);
    Ok(refunds::set_retry(engine.db.writer(), refund.id, attempts, replays).await?)
}

/// Stripe refuses the refund. An earlier request may have been executed all the same, so its refunds are
/// listed once more.
async fn refuse(
    engine: &Engine,
    connection: &Connection,
    row: &PaidRow,
    refund: &refund::Model,
    payment: &str,
    code: &str,
) -> anyhow::Result<Option<Duration>> {
    if code != KEY_NEEDS_ATTENTION && refund.first_sent_at.is_some() {
        match connection.gateway.refunds_of(payment).await {
            Ok(listed) => write(engine, connection, row, &listed).await?,
            Err(error) => {
                retry_later(engine, refund, &error, false).await?;
                return Ok(Some(Duration::MINUTE));
            }
        }
    }
    give_up(engine, row, refund, code).await?;
    Ok(None)
}

/// Records that Stripe does not have the refund and will not, unless it turned out to have it.
///
/// # Errors
/// If the database fails.
pub async fn give_up(
    engine: &Engine,
    row: &PaidRow,
    refund: &refund::Model,
    code: &str,
) -> anyhow::Result<()> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let Some(row) = paid::lock(&tx, row.paid()).await? else {
        return Ok(());
    };
    let present = refunds::by_id(&tx, refund.id).await?;
    if present.is_none_or(|present| *present.status != RefundStatus::Requested) {
        return Ok(());
    }
    refunds::set_status(&tx, refund.id, RefundStatus::Refused, Some(code)).await?;
    tracing::warn!(refund = refund.id.get(), code, "Stripe refused a refund");
    let scope = row.scope();
    let follow_ups = sums::settle(&tx, row, now).await?;
    follow_ups.enqueue(engine, &tx).await?;
    tx.commit().await?;
    engine.console_changed(scope);
    follow_ups.wake(engine).await;
    Ok(())
}
