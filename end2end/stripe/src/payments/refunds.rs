//! What a refund does to its charge, and how it ends.

use serde_json::{Value, json};

use super::{CHARGES, charge, disputes};
use crate::{
    api::events::{emit, previous_attributes},
    call::Call,
    error::StripeError,
    id,
    types::{ControlError, RefundStatus},
};

pub const TABLE: &str = "refunds";

/// A refund to make.
#[derive(Default)]
pub struct NewRefund {
    /// `None` for all that is left.
    pub amount: Option<i64>,
    /// `None` for what the next plan says, or succeeded.
    pub status: Option<RefundStatus>,
    pub metadata: Value,
    pub reason: Value,
}

/// Refunds a part of a payment, or returns Stripe's error.
pub fn make(call: &mut Call, intent: &Value, new: NewRefund) -> Result<Value, StripeError> {
    if intent["status"] != "succeeded" {
        let message = format!(
            "This PaymentIntent ({}) does not have a successful charge to refund.",
            intent["id"].as_str().unwrap_or_default()
        );
        return Err(StripeError::invalid(message).at("payment_intent"));
    }
    let charge = charge::of_intent(call, intent);
    let charge_id = charge["id"].as_str().unwrap_or_default();
    if disputes::blocks_refunds(call, &charge) {
        let message = format!("Charge {charge_id} has been charged back; cannot issue a refund.");
        return Err(StripeError::coded("charge_disputed", message));
    }
    let number = |field: &str| charge[field].as_i64().unwrap_or_default();
    let left = number("amount") - number("amount_refunded");
    if left <= 0 {
        let message = format!("Charge {charge_id} has already been refunded.");
        return Err(StripeError::coded("charge_already_refunded", message));
    }
    let amount = new.amount.unwrap_or(left);
    if amount < 1 {
        let message = "Invalid positive integer";
        return Err(StripeError::coded("parameter_invalid_integer", message).at("amount"));
    }
    if amount > left {
        let message = format!(
            "Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        );
        return Err(StripeError::invalid(message).at("amount"));
    }
    let status = match new.status {
        Some(status) => status,
        None => planned(call),
    };
    let refund = json!({
        "id": id::new("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": null,
        "charge": charge["id"],
        "created": call.now(),
        "currency": intent["currency"],
        "description": null,
        "destination_details": null,
        "metadata": new.metadata,
        "payment_intent": intent["id"],
        "reason": new.reason,
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": status.as_str(),
        "transfer_reversal": null,
    });
    let refund = with_failure(refund, status);
    call.insert(TABLE, refund.clone());
    emit(call, "refund.created", &refund, None);
    if status.counts() {
        change_charge(call, charge, amount);
    }
    if status == RefundStatus::Failed {
        emit(call, "refund.failed", &refund, None);
    }
    Ok(refund)
}

/// Takes the next plan of this account.
fn planned(call: &mut Call) -> RefundStatus {
    let key = call.scope.key.clone();
    let mut plans = std::mem::take(&mut call.state.refund_plans);
    let next = plans
        .iter_mut()
        .find(|plan| call.state.first_key(&plan.secret_key) == key && plan.times > 0);
    let status = next.map(|plan| {
        plan.times -= 1;
        plan.status
    });
    plans.retain(|plan| plan.times > 0);
    call.state.refund_plans = plans;
    status.unwrap_or_default()
}

fn with_failure(mut refund: Value, status: RefundStatus) -> Value {
    if status == RefundStatus::Failed {
        refund["failure_reason"] = json!("expired_or_canceled_card");
    }
    refund
}

/// Adds `amount` to what the charge says was refunded. Stripe tells `charge.refunded` as soon as a
/// refund exists, even if the bank has not answered yet.
fn change_charge(call: &mut Call, before: Value, amount: i64) {
    let refunded = before["amount_refunded"].as_i64().unwrap_or_default() + amount;
    let mut charge = before.clone();
    charge["amount_refunded"] = json!(refunded);
    charge["refunded"] = json!(before["amount"] == refunded);
    call.replace(CHARGES, &charge);
    if amount > 0 {
        let previous = previous_attributes(&before, &charge);
        emit(call, "charge.refunded", &charge, Some(previous));
    }
}

/// Gives a refund another status, as the bank or a person does later.
pub fn settle(call: &mut Call, before: Value, status: RefundStatus) -> Result<Value, ControlError> {
    let allowed: &[RefundStatus] = match before["status"].as_str() {
        Some("pending" | "requires_action") => &[
            RefundStatus::Succeeded,
            RefundStatus::Failed,
            RefundStatus::Canceled,
        ],
        Some("succeeded") => &[RefundStatus::Failed],
        _ => &[],
    };
    if !allowed.contains(&status) {
        let now = before["status"].as_str().unwrap_or_default();
        return Err(ControlError(format!(
            "a refund that is {now} does not become {}",
            status.as_str()
        )));
    }
    let mut refund = before.clone();
    refund["status"] = json!(status.as_str());
    let refund = with_failure(refund, status);
    call.replace(TABLE, &refund);
    if !status.counts() {
        let charge_id = refund["charge"].as_str().unwrap_or_default();
        if let Some(charge) = call.store().get(CHARGES, charge_id).cloned() {
            change_charge(call, charge, -refund["amount"].as_i64().unwrap_or_default());
        }
    }
    let previous = previous_attributes(&before, &refund);
    emit(call, "refund.updated", &refund, Some(previous.clone()));
    emit(
        call,
        "charge.refund.updated",
        &refund,
        Some(previous.clone()),
    );
    if status == RefundStatus::Failed {
        emit(call, "refund.failed", &refund, Some(previous));
    }
    Ok(refund)
}
