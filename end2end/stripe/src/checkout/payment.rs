//! What a Checkout session does with money: it applies the customer's balance and creates a payment
//! intent or a subscription.

use serde_json::{Value, json};

use crate::{
    api::{
        customer_balance::{TABLE, balance_in, change},
        customers,
        events::emit,
        subscriptions::new_subscription,
    },
    call::Call,
    id,
};

/// A session in subscription mode applies the customer's credit balance in its currency when it is
/// created, and restores it if it expires.
pub fn apply_balance(call: &mut Call, session: &Value, before: &Value) {
    let currency = session["currency"].as_str().unwrap_or_default();
    let credit = -balance_in(call.store(), before, currency);
    let applied = credit.min(session["amount_total"].as_i64().unwrap_or_default());
    if applied > 0 {
        let kind = "checkout_session_subscription_payment";
        change_balance(call, session, before, applied, kind);
    }
}

fn change_balance(call: &mut Call, session: &Value, before: &Value, amount: i64, kind: &str) {
    let now = call.now();
    let mut customer = before.clone();
    let currency = session["currency"].as_str().unwrap_or_default();
    let mut transaction = change(call.store(), &mut customer, currency, amount, now, kind);
    transaction["checkout_session"] = session["id"].clone();
    call.insert(TABLE, transaction);
    customers::save_and_emit(call, before, &customer);
}

/// The cents of the customer's credit balance that this session has applied.
pub fn balance_applied(call: &mut Call, session: &Value) -> i64 {
    let transactions = call.store().all(TABLE).iter();
    transactions
        .filter(|transaction| transaction["checkout_session"] == session["id"])
        .filter_map(|transaction| transaction["amount"].as_i64())
        .sum()
}

/// Restores the balance that the session had applied.
pub fn restore_balance(call: &mut Call, session: &Value) {
    let applied = balance_applied(call, session);
    let id = session["customer"].as_str().unwrap_or_default();
    let Ok(before) = customers::existing(call, id) else {
        return;
    };
    if applied != 0 {
        let kind = "checkout_session_subscription_payment_canceled";
        change_balance(call, session, &before, -applied, kind);
    }
}

/// Creates the payment intent or the subscription of a completed session. Returns the session's
/// field for it and its id.
pub fn create_payment_object(
    call: &mut Call,
    session: &Value,
    unpaid: bool,
) -> (&'static str, Value) {
    let draft = {
        let id = session["id"].as_str().unwrap_or_default();
        call.store().drafts.get(id).cloned().unwrap_or_default()
    };
    let metadata = |data: &Value| match &data["metadata"] {
        Value::Null => json!({}),
        metadata => metadata.clone(),
    };
    if session["mode"] == "subscription" {
        let data = &draft["subscription_data"];
        let trial = data["trial_period_days"].as_i64().is_some() || data["trial_end"].is_i64();
        let status = match (unpaid, trial) {
            (true, _) => "incomplete",
            (false, true) => "trialing",
            (false, false) => "active",
        };
        let mut subscription = new_subscription(&id::new("sub"), call.now());
        subscription["currency"] = session["currency"].clone();
        subscription["customer"] = session["customer"].clone();
        subscription["description"] = data["description"].clone();
        subscription["metadata"] = metadata(data);
        subscription["status"] = json!(status);
        let object = call.insert("subscriptions", subscription);
        emit(call, "customer.subscription.created", &object, None);
        return ("subscription", object["id"].clone());
    }
    let data = &draft["payment_intent_data"];
    let intent = json!({
        "id": id::new("pi"),
        "object": "payment_intent",
        "amount": session["amount_total"],
        "created": call.now(),
        "currency": session["currency"],
        "customer": session["customer"],
        "description": data["description"],
        "latest_charge": id::new("ch"),
        "livemode": false,
        "metadata": metadata(data),
        "status": if unpaid { "processing" } else { "succeeded" },
    });
    let object = call.insert("payment_intents", intent);
    let kind = if unpaid {
        "payment_intent.processing"
    } else {
        "payment_intent.succeeded"
    };
    emit(call, kind, &object, None);
    ("payment_intent", object["id"].clone())
}
