//! The beginning of a subscription: a Checkout session is completed.

use serde_json::{Value, json};

use super::{
    INVOICES, SUBSCRIPTIONS, collect,
    invoice_object::{self, Charged},
    subscription_object,
};
use crate::{
    api::events::{emit, previous_attributes},
    call::Call,
    id,
    payments::charge::Attempt,
};

const DAY: i64 = 24 * 60 * 60;

/// What a completed session sells by subscription.
pub struct Sold<'a> {
    pub session: &'a Value,
    /// The parameter `subscription_data`.
    pub data: &'a Value,
    pub metadata: Value,
    /// The cents of the customer balance that the session took.
    pub balance: i64,
    /// The fingerprint of the card.
    pub fingerprint: String,
    /// A delayed payment method, which has not been confirmed yet.
    pub unpaid: bool,
}

/// Creates the subscription and its first invoice, and returns them.
pub fn subscribe(call: &mut Call, sold: Sold) -> (Value, Value) {
    let now = call.now();
    let session_id = sold.session["id"].as_str().unwrap_or_default();
    let bought = call.store().line_items.get(session_id).cloned();
    let bought = bought.unwrap_or_default();
    let id = id::new("sub");
    let trial_end = trial_end(sold.data, now);
    let mut subscription = subscription_object::new(&id, now);
    subscription["currency"] = sold.session["currency"].clone();
    subscription["customer"] = sold.session["customer"].clone();
    subscription["description"] = sold.data["description"].clone();
    subscription["metadata"] = sold.metadata;
    subscription["status"] = json!(match (sold.unpaid, trial_end) {
        (true, _) => "incomplete",
        (false, Some(_)) => "trialing",
        (false, None) => "active",
    });
    if let Some(trial_end) = trial_end {
        subscription["trial_start"] = json!(now);
        subscription["trial_end"] = json!(trial_end);
        subscription["billing_cycle_anchor"] = json!(trial_end);
    }
    let mut items = Vec::new();
    let mut lines = Vec::new();
    for line in &bought {
        let amount = line["amount_subtotal"].as_i64();
        if line["price"]["type"] == "recurring" {
            let item = subscription_object::item(&id, line, now, trial_end);
            lines.push(invoice_object::line(call, &subscription, &item, amount));
            items.push(item);
        } else {
            lines.push(invoice_object::line(call, &subscription, line, amount));
        }
    }
    subscription["items"]["data"] = json!(items);
    let customer_id = sold.session["customer"].as_str().unwrap_or_default();
    let customer = call.store().get("customers", customer_id).cloned();
    let charged = Charged {
        reason: "subscription_create",
        lines,
        discount: sold.session["total_details"]["amount_discount"]
            .as_i64()
            .unwrap_or_default(),
    };
    let customer = customer.unwrap_or_default();
    let mut invoice = invoice_object::new(call, &subscription, &customer, charged);
    let due = invoice["total"].as_i64().unwrap_or_default() - sold.balance;
    invoice["starting_balance"] = json!(-sold.balance);
    invoice["amount_due"] = json!(due);
    invoice["amount_remaining"] = json!(due);
    subscription["latest_invoice"] = invoice["id"].clone();
    call.store().cards.insert(id, sold.fingerprint);
    let subscription = call.insert(SUBSCRIPTIONS, subscription);
    let invoice = call.insert(INVOICES, invoice);
    emit(call, "customer.subscription.created", &subscription, None);
    let attempt = match sold.unpaid {
        true => Attempt::Processing,
        false => Attempt::Succeeded,
    };
    let invoice = collect::attempt(call, invoice, &subscription, attempt);
    (subscription, invoice)
}

/// When the trial ends that the session asked for.
fn trial_end(data: &Value, now: i64) -> Option<i64> {
    let days = data["trial_period_days"].as_i64();
    data["trial_end"]
        .as_i64()
        .or(days.map(|days| now + days * DAY))
}

/// Ends the delayed payment of a subscription that is incomplete.
pub fn settle(call: &mut Call, id: &str, succeeded: bool) {
    let Some(before) = call.store().get(SUBSCRIPTIONS, id).cloned() else {
        return;
    };
    collect::settle(call, &before, succeeded);
    let mut subscription = before.clone();
    let status = if succeeded {
        "active"
    } else {
        "incomplete_expired"
    };
    subscription["status"] = json!(status);
    call.replace(SUBSCRIPTIONS, &subscription);
    let previous = previous_attributes(&before, &subscription);
    emit(
        call,
        "customer.subscription.updated",
        &subscription,
        Some(previous),
    );
}
