//! What a Checkout session does with money: it applies the customer's balance and creates a payment
//! intent or a subscription.

use serde_json::{Value, json};

use crate::{
    api::{
        customer_balance::{TABLE, balance_in, change},
        customer_row,
    },
    billing::first::{self, Sold},
    call::Call,
    payments::charge::{self, Attempt, NewPayment},
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
    customer_row::save_and_emit(call, before, &customer);
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
    let Ok(before) = customer_row::existing(call, id) else {
        return;
    };
    if applied != 0 {
        let kind = "checkout_session_subscription_payment_canceled";
        change_balance(call, session, &before, -applied, kind);
    }
}

/// Creates the payment intent, or the subscription and its first invoice, of a completed session.
/// Returns the session's fields for them and their ids.
pub fn create_payment_object(
    call: &mut Call,
    session: &Value,
    unpaid: bool,
    fingerprint: String,
) -> Vec<(&'static str, Value)> {
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
        let sold = Sold {
            session,
            data,
            metadata: metadata(data),
            balance: balance_applied(call, session),
            fingerprint,
            unpaid,
        };
        let (subscription, invoice) = first::subscribe(call, sold);
        return vec![
            ("subscription", subscription["id"].clone()),
            ("invoice", invoice["id"].clone()),
        ];
    }
    let data = &draft["payment_intent_data"];
    let payment = NewPayment {
        id: None,
        amount: session["amount_total"].as_i64().unwrap_or_default(),
        currency: session["currency"].clone(),
        customer: session["customer"].clone(),
        description: data["description"].clone(),
        email: session["customer_details"]["email"].clone(),
        metadata: metadata(data),
        fingerprint,
    };
    let attempt = match unpaid {
        true => Attempt::Processing,
        false => Attempt::Succeeded,
    };
    let intent = charge::pay(call, &payment, attempt);
    vec![("payment_intent", intent["id"].clone())]
}
