//! Refunds by API.

use serde_json::{Value, json};

use crate::{
    api::{list as lists, metadata::merge},
    call::Call,
    error::StripeError,
    payments::{
        INTENTS,
        refunds::{self, NewRefund, TABLE},
    },
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
        .all(INTENTS)
        .iter()
        .find(|intent| intent[field] == *param);
    found
        .cloned()
        .ok_or_else(|| StripeError::no_such_param(what, &param, what))
}

/// `POST /v1/refunds`
pub fn create(call: &mut Call) -> Result<Value, StripeError> {
    let intent = find_payment_intent(call)?;
    let new = NewRefund {
        amount: call.param("amount").as_i64(),
        status: None,
        metadata: merge(&json!({}), &call.param("metadata"))?,
        reason: call.param("reason"),
    };
    refunds::make(call, &intent, new)
}

/// `POST /v1/refunds/{refund}`
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let mut refund = call.find(TABLE, "refund", &id)?;
    refund["metadata"] = merge(&refund["metadata"], &call.param("metadata"))?;
    call.replace(TABLE, &refund);
    Ok(refund)
}

/// `GET /v1/refunds`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    lists::page_of_payment(call, TABLE, "/v1/refunds")
}
