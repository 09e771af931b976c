//! What happens to a payment at Stripe without asking: refunds in the dashboard, and disputes.

use std::time::Duration;

use anyhow::Context;
use rand::{Rng, rngs::StdRng};
use serde_json::Value;
use stripe_stand_in::{ControlError, DisputeKind, DisputeStatus, RefundStatus};
use tokio::time::sleep;

use super::{TestContext, member::required_text};

/// Gives a payment back, or only seems to. It ends decided. Returns whether something of it went back.
pub async fn give_back(
    context: &TestContext,
    payment: Option<&str>,
    rng: &mut StdRng,
) -> anyhow::Result<bool> {
    let Some(payment) = payment else {
        return Ok(false);
    };
    // At once, before the webhook is delivered, or once the credit is issued.
    wait(4_000, rng).await;
    match rng.random_range(0..7) {
        0 | 1 => Ok(refund(context, payment, None, RefundStatus::Succeeded)?.is_some()),
        2 => {
            let mut is_back = false;
            for _ in 0..rng.random_range(1..=2) {
                let part = Some(rng.random_range(1..2_000));
                is_back |= refund(context, payment, part, RefundStatus::Succeeded)?.is_some();
                wait(1_000, rng).await;
            }
            Ok(is_back)
        }
        kind @ 3..5 => {
            let begins = match kind {
                3 => RefundStatus::Pending,
                // The bank refuses what it had taken.
                _ => RefundStatus::Succeeded,
            };
            let Some(refund) = refund(context, payment, None, begins)? else {
                return Ok(false);
            };
            wait(3_000, rng).await;
            let is_back = kind == 3 && rng.random();
            let ends = match is_back {
                true => RefundStatus::Succeeded,
                false => RefundStatus::Failed,
            };
            context.stripe.settle_refund(&refund, ends)?;
            Ok(is_back)
        }
        kind => dispute(context, payment, kind == 5, rng).await,
    }
}

/// Disputes the payment, or only inquires about it.
async fn dispute(
    context: &TestContext,
    payment: &str,
    is_dispute: bool,
    rng: &mut StdRng,
) -> anyhow::Result<bool> {
    let stripe = &context.stripe;
    if !is_dispute {
        if let Some(inquiry) = made(stripe.dispute(payment, DisputeKind::Inquiry))? {
            wait(1_000, rng).await;
            stripe.settle_dispute(&inquiry, DisputeStatus::WarningClosed)?;
        }
        return Ok(false);
    }
    let Some(dispute) = made(stripe.dispute(payment, DisputeKind::Dispute))? else {
        return Ok(false);
    };
    context.log.record_dispute();
    wait(3_000, rng).await;
    let is_lost = rng.random();
    let ends = match is_lost {
        true => DisputeStatus::Lost,
        false => DisputeStatus::Won,
    };
    stripe.settle_dispute(&dispute, ends)?;
    Ok(is_lost)
}

/// Refunds `part` of a payment, or all that is left of it, and records that. Returns the refund's id.
fn refund(
    context: &TestContext,
    payment: &str,
    part: Option<i64>,
    status: RefundStatus,
) -> anyhow::Result<Option<String>> {
    let refund = made(context.stripe.refund(payment, part, status))?;
    if refund.is_some() {
        context.log.record_refund();
    }
    Ok(refund)
}

async fn wait(most_ms: u64, rng: &mut StdRng) {
    sleep(Duration::from_millis(rng.random_range(0..most_ms))).await;
}

/// What the dashboard says if the payment, or so much of it, is not there any more.
const NOTHING_LEFT: [&str; 4] = [
    "has already been refunded",
    "has been charged back",
    "is greater than unrefunded amount",
    "nothing is left to dispute",
];

/// The id of what the dashboard made. Somebody may have refunded the payment in the console meanwhile: then it
/// refuses, and there is nothing to settle.
fn made(answer: Result<Value, ControlError>) -> anyhow::Result<Option<String>> {
    match answer {
        Ok(made) => required_text(&made["id"]).map(Some),
        Err(error) if NOTHING_LEFT.iter().any(|says| error.0.contains(says)) => Ok(None),
        Err(error) => Err(error).context("the dashboard"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_not_there_any_more_is_nothing() {
        let refused = |says: &str| made(Err(ControlError(says.to_owned())));
        for says in [
            "Charge ch_1 has already been refunded.",
            "Charge ch_1 has been charged back; cannot issue a refund.",
            "Refund amount (900) is greater than unrefunded amount on charge (1)",
            "nothing is left to dispute",
        ] {
            assert_eq!(refused(says).unwrap(), None);
        }
        assert!(refused("there is no such payment").is_err());
        let refund = made(Ok(json!({ "id": "re_1" })));
        assert_eq!(refund.unwrap().as_deref(), Some("re_1"));
    }
}
