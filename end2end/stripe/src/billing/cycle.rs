//! What becomes due as time passes: renewals, ends, and further attempts to collect.

use serde_json::{Value, json};

use super::{
    INVOICES, SUBSCRIPTIONS, cancel, collect, has_ended,
    invoice_object::{self, Charged},
    subscription_object::{begin_next_period, period_end},
};
use crate::{
    api::events::{emit, previous_attributes},
    call::Call,
    store::Store,
};

/// The next moment at which something becomes due in a store, in seconds since 1970, UTC.
pub fn next_due(store: &Store) -> Option<i64> {
    let subscriptions = store.all(SUBSCRIPTIONS).iter().filter_map(due_at);
    let invoices = store.all(INVOICES).iter();
    let attempts = invoices.filter_map(|invoice| invoice["next_payment_attempt"].as_i64());
    subscriptions.chain(attempts).min()
}

/// When a subscription is renewed or ends. One whose first payment is not confirmed does neither.
fn due_at(subscription: &Value) -> Option<i64> {
    if has_ended(subscription) || subscription["status"] == "incomplete" {
        return None;
    }
    let end = period_end(subscription)?;
    Some(
        subscription["cancel_at"]
            .as_i64()
            .map_or(end, |at| at.min(end)),
    )
}

/// Does what is due by now in this store.
pub fn run_due(call: &mut Call) {
    let now = call.now();
    let retried = |invoice: &&Value| {
        let at = invoice["next_payment_attempt"].as_i64();
        invoice["status"] == "open" && at.is_some_and(|at| at <= now)
    };
    let invoices = call.store().all(INVOICES).iter();
    let due: Vec<Value> = invoices.filter(retried).cloned().collect();
    for invoice in due {
        try_again(call, invoice);
    }
    let is_due = |one: &&Value| due_at(one).is_some_and(|at| at <= now);
    let subscriptions = call.store().all(SUBSCRIPTIONS).iter();
    let due: Vec<Value> = subscriptions.filter(is_due).cloned().collect();
    for subscription in due {
        let at_end = subscription["cancel_at"]
            .as_i64()
            .is_some_and(|at| at <= now);
        if at_end {
            cancel::now(call, &subscription, cancel::REQUESTED);
        } else {
            renew(call, subscription);
        }
    }
}

/// Begins the next period and charges for it.
fn renew(call: &mut Call, before: Value) {
    let customer_id = before["customer"].as_str().unwrap_or_default();
    let Some(customer) = call.store().get("customers", customer_id).cloned() else {
        cancel::now(call, &before, cancel::REQUESTED);
        return;
    };
    let mut subscription = before.clone();
    begin_next_period(&mut subscription);
    let items = subscription["items"]["data"].as_array();
    let lines = items.into_iter().flatten();
    let lines = lines.map(|item| invoice_object::line(call, &subscription, item, None));
    let charged = Charged {
        reason: "subscription_cycle",
        lines: lines.collect(),
        discount: 0,
    };
    let mut invoice = invoice_object::new(call, &subscription, &customer, charged);
    collect::apply_balance(call, &mut invoice);
    subscription["latest_invoice"] = invoice["id"].clone();
    call.replace(SUBSCRIPTIONS, &subscription);
    let invoice = call.insert(INVOICES, invoice);
    let outcome = collect::outcome(call, &subscription);
    let invoice = collect::attempt(call, invoice, &subscription, outcome);
    conclude(call, &before, subscription, &invoice);
}

fn try_again(call: &mut Call, mut invoice: Value) {
    let Some(subscription) = collect::find_subscription(call, &invoice) else {
        invoice["next_payment_attempt"] = Value::Null;
        call.replace(INVOICES, &invoice);
        return;
    };
    let outcome = collect::outcome(call, &subscription);
    let invoice = collect::attempt(call, invoice, &subscription, outcome);
    conclude(call, &subscription, subscription.clone(), &invoice);
}

/// Writes what the latest invoice says of the subscription. After the last attempt it ends.
fn conclude(call: &mut Call, before: &Value, mut subscription: Value, invoice: &Value) {
    let paid = invoice["status"] == "paid";
    let given_up = !paid && invoice["next_payment_attempt"].is_null();
    if given_up {
        cancel::now(call, &subscription, cancel::PAYMENT_FAILED);
        return;
    }
    subscription["status"] = json!(if paid { "active" } else { "past_due" });
    call.replace(SUBSCRIPTIONS, &subscription);
    let previous = previous_attributes(before, &subscription);
    if previous
        .as_object()
        .is_none_or(|changed| !changed.is_empty())
    {
        emit(
            call,
            "customer.subscription.updated",
            &subscription,
            Some(previous),
        );
    }
}
