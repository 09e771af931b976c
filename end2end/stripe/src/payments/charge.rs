//! A payment: a PaymentIntent and its charge.

use serde_json::{Value, json};

use super::{CHARGES, INTENTS, card};
use crate::{api::events::emit, call::Call, id};

/// How an attempt to pay ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    Succeeded,
    /// A delayed payment method: the bank has not answered yet.
    Processing,
    Declined,
}

/// A payment to make.
pub struct NewPayment {
    /// The id of the PaymentIntent; `None` for a random one.
    pub id: Option<String>,
    pub amount: i64,
    pub currency: Value,
    pub customer: Value,
    pub description: Value,
    pub email: Value,
    pub metadata: Value,
    /// The fingerprint of the card.
    pub fingerprint: String,
}

/// Makes a payment and returns its PaymentIntent.
pub fn pay(call: &mut Call, new: &NewPayment, attempt: Attempt) -> Value {
    let id = new.id.clone().unwrap_or_else(|| id::new("pi"));
    let intent = json!({
        "id": id,
        "object": "payment_intent",
        "amount": new.amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": "automatic",
        "client_secret": null,
        "confirmation_method": "automatic",
        "created": call.now(),
        "currency": new.currency,
        "customer": new.customer,
        "description": new.description,
        "last_payment_error": null,
        "latest_charge": null,
        "livemode": false,
        "metadata": new.metadata,
        "next_action": null,
        "payment_method": null,
        "payment_method_types": ["card"],
        "processing": null,
        "receipt_email": null,
        "status": "requires_payment_method",
    });
    let intent = call.insert(INTENTS, intent);
    charge_again(call, intent, new, attempt)
}

/// Tries to take the money of a PaymentIntent by a new charge.
pub fn charge_again(
    call: &mut Call,
    mut intent: Value,
    new: &NewPayment,
    attempt: Attempt,
) -> Value {
    let charge = new_charge(call, &intent, new, attempt);
    let charge = call.insert(CHARGES, charge);
    intent["latest_charge"] = charge["id"].clone();
    conclude(call, intent, charge, attempt)
}

fn new_charge(call: &mut Call, intent: &Value, new: &NewPayment, attempt: Attempt) -> Value {
    let (status, message) = match attempt {
        Attempt::Succeeded => ("succeeded", Value::Null),
        Attempt::Processing => ("pending", Value::Null),
        Attempt::Declined => ("failed", json!("Your card was declined.")),
    };
    let succeeded = attempt == Attempt::Succeeded;
    json!({
        "id": id::new("ch"),
        "object": "charge",
        "amount": new.amount,
        "amount_captured": if succeeded { new.amount } else { 0 },
        "amount_refunded": 0,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": null,
        "billing_details": {
            "address": {
                "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null,
            },
            "email": new.email,
            "name": null,
            "phone": null,
            "tax_id": null,
        },
        "calculated_statement_descriptor": null,
        "captured": succeeded,
        "created": call.now(),
        "currency": new.currency,
        "customer": new.customer,
        "description": new.description,
        "disputed": false,
        "failure_balance_transaction": null,
        "failure_code": if message.is_null() { Value::Null } else { json!("card_declined") },
        "failure_message": message,
        "fraud_details": {},
        "livemode": false,
        "metadata": new.metadata,
        "on_behalf_of": null,
        "outcome": null,
        "paid": attempt != Attempt::Declined,
        "payment_intent": intent["id"],
        "payment_method": null,
        "payment_method_details": card::details(&new.fingerprint),
        "receipt_email": null,
        "receipt_number": null,
        "receipt_url": null,
        "refunded": false,
        "review": null,
        "shipping": null,
        "source_transfer": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": status,
        "transfer_data": null,
        "transfer_group": null,
    })
}

/// Writes the end of an attempt into the PaymentIntent and its charge, and tells it.
fn conclude(call: &mut Call, mut intent: Value, charge: Value, attempt: Attempt) -> Value {
    let (status, of_charge, of_intent) = match attempt {
        Attempt::Succeeded => ("succeeded", "charge.succeeded", "payment_intent.succeeded"),
        Attempt::Processing => ("processing", "charge.pending", "payment_intent.processing"),
        Attempt::Declined => (
            "requires_payment_method",
            "charge.failed",
            "payment_intent.payment_failed",
        ),
    };
    intent["status"] = json!(status);
    if attempt == Attempt::Succeeded {
        intent["amount_received"] = intent["amount"].clone();
    }
    call.replace(INTENTS, &intent);
    emit(call, of_charge, &charge, None);
    emit(call, of_intent, &intent, None);
    intent
}

/// Ends a payment that was [`Attempt::Processing`].
pub fn settle(call: &mut Call, intent_id: &str, succeeded: bool) {
    let Some(intent) = call.store().get(INTENTS, intent_id).cloned() else {
        return;
    };
    let mut charge = of_intent(call, &intent);
    charge["status"] = json!(if succeeded { "succeeded" } else { "failed" });
    charge["captured"] = json!(succeeded);
    charge["paid"] = json!(succeeded);
    if succeeded {
        charge["amount_captured"] = charge["amount"].clone();
    }
    call.replace(CHARGES, &charge);
    let attempt = match succeeded {
        true => Attempt::Succeeded,
        false => Attempt::Declined,
    };
    conclude(call, intent, charge, attempt);
}

/// The latest charge of a PaymentIntent. A store file of an earlier version has none, so that it is
/// made up.
pub fn of_intent(call: &mut Call, intent: &Value) -> Value {
    let charge_id = intent["latest_charge"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if let Some(charge) = call.store().get(CHARGES, &charge_id) {
        return charge.clone();
    }
    let new = NewPayment {
        id: None,
        amount: intent["amount"].as_i64().unwrap_or_default(),
        currency: intent["currency"].clone(),
        customer: intent["customer"].clone(),
        description: intent["description"].clone(),
        email: Value::Null,
        metadata: intent["metadata"].clone(),
        fingerprint: card::fingerprint(call, intent["id"].as_str().unwrap_or_default()),
    };
    let mut charge = new_charge(call, intent, &new, Attempt::Succeeded);
    charge["id"] = json!(charge_id);
    call.insert(CHARGES, charge)
}
