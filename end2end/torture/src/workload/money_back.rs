//! What happens to a payment at Stripe without asking: refunds in the dashboard, and disputes.

use std::time::Duration;

use rand::{Rng, rngs::StdRng};
use serde_json::Value;
use stripe_stand_in::{DisputeKind, DisputeStatus, RefundStatus};
use tokio::time::sleep;

use super::TestContext;

/// Gives a payment back, or only seems to. It ends decided.
pub async fn give_back(
    context: &TestContext,
    payment: Option<&str>,
    rng: &mut StdRng,
) -> anyhow::Result<()> {
    let Some(payment) = payment else {
        return Ok(());
    };
    let stripe = &context.stripe;
    // At once, before the webhook is delivered, or once the credit is issued.
    wait(4_000, rng).await;
    match rng.random_range(0..7) {
        0 | 1 => {
            made(stripe.refund(payment, None, RefundStatus::Succeeded))?;
            context.log.record_refund();
        }
        2 => {
            for _ in 0..rng.random_range(1..=2) {
                let part = rng.random_range(1..2_000);
                // More than is left is refused.
                stripe
                    .refund(payment, Some(part), RefundStatus::Succeeded)
                    .ok();
                context.log.record_refund();
                wait(1_000, rng).await;
            }
        }
        kind @ 3..5 => {
            let begins = match kind {
                3 => RefundStatus::Pending,
                // The bank refuses what it had taken.
                _ => RefundStatus::Succeeded,
            };
            let refund = made(stripe.refund(payment, None, begins))?;
            context.log.record_refund();
            wait(3_000, rng).await;
            let ends = match kind == 3 && rng.random() {
                true => RefundStatus::Succeeded,
                false => RefundStatus::Failed,
            };
            made(stripe.settle_refund(&refund, ends))?;
        }
        5 => {
            let dispute = made(stripe.dispute(payment, DisputeKind::Dispute))?;
            context.log.record_dispute();
            wait(3_000, rng).await;
            let ends = match rng.random() {
                true => DisputeStatus::Won,
                false => DisputeStatus::Lost,
            };
            made(stripe.settle_dispute(&dispute, ends))?;
        }
        _ => {
            let inquiry = made(stripe.dispute(payment, DisputeKind::Inquiry))?;
            wait(1_000, rng).await;
            made(stripe.settle_dispute(&inquiry, DisputeStatus::WarningClosed))?;
        }
    }
    Ok(())
}

async fn wait(most_ms: u64, rng: &mut StdRng) {
    sleep(Duration::from_millis(rng.random_range(0..most_ms))).await;
}

/// The id of what the dashboard made. Somebody may have refunded the payment in the console meanwhile: then it
/// refuses, and there is nothing to settle.
fn made(answer: Result<Value, stripe_stand_in::ControlError>) -> anyhow::Result<String> {
    let made = answer.map_err(|error| anyhow::anyhow!("the dashboard: {error:?}"))?;
    super::member::required_text(&made["id"])
}
