//! Refunds of payments that a Checkout session in payment mode made.

use serde_json::{Value, json};

use crate::{
    api::{events::emit, list as lists, metadata::merge},
    call::Call,
    error::StripeError,
    id,
};

fn find_payment_intent(call: &mut Call) -> Result<Value, StripeError> {
    let (field, param, what) = match (call.text("payment_intent"), call.text("charge")) {
        (Some(id), None) => ("id", id, "payment_intent"),
        (None, Some(id)) => ("latest_charge", id, "charge"),
        _ => {
            let message = "One of the following params should be provided for this request: \
                           payment_intent or charge.";
            return Err(StripeError::coded("parameter_missing", message));
        }
    };
    let found = call
        .store()
        .all("payment_intents")
        .iter()
        .find(|intent| intent[field] == *param);
    found
        .cloned()
        .ok_or_else(|| StripeError::no_such_param(what, &param, what))
}

/// `POST /v1/refunds`
pub fn create(call: &mut Call) -> Result<Value, StripeError> {
    let intent = find_payment_intent(call)?;
    if intent["status"] != "succeeded" {
        let message = format!(
            "This PaymentIntent ({}) does not have a successful charge to refund.",
            intent["id"].as_str().unwrap_or_default()
        );
        return Err(StripeError::invalid(message).at("payment_intent"));
    }
    let refunded: i64 = call
        .store()
        .all("refunds")
        .iter()
        .filter(|refund| refund["payment_intent"] == intent["id"])
        .filter_map(|refund| refund["amount"].as_i64())
        .sum();
    let left = intent["amount"].as_i64().unwrap_or_default() - refunded;
    if left == 0 {
        let message = "Charge has already been refunded.";
        return Err(StripeError::coded("charge_already_refunded", message));
    }
    let amount = call.param("amount").as_i64().unwrap_or(left);
    if !(1..=left).contains(&amount) {
        let message =
            format!("Refund amount ({amount}) is greater than unrefunded amount ({left}).");
        return Err(StripeError::invalid(message).at("amount"));
    }
    let refund = json!({
        "id": id::new("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": null,
        "charge": intent["latest_charge"],
        "created": call.now(),
        "currency": intent["currency"],
        "destination_details": null,
        "metadata": merge(&json!({}), &call.param("metadata"))?,
        "payment_intent": intent["id"],
        "reason": call.param("reason"),
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": "succeeded",
        "transfer_reversal": null,
    });
    call.insert("refunds", refund.clone());
    emit(call, "refund.created", &refund, None);
    Ok(refund)
}

/// `POST /v1/refunds/{refund}`
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let mut refund = call.find("refunds", "refund", &id)?;
    refund["metadata"] = merge(&refund["metadata"], &call.param("metadata"))?;
    call.replace("refunds", &refund);
    Ok(refund)
}

/// `GET /v1/refunds`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    let (payment_intent, charge) = (call.text("payment_intent"), call.text("charge"));
    lists::page(call, "refunds", "/v1/refunds", |refund| {
        payment_intent
            .as_ref()
            .is_none_or(|id| refund["payment_intent"] == **id)
            && charge.as_ref().is_none_or(|id| refund["charge"] == **id)
    })
}
