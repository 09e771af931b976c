//! The end of a subscription: at once, or when what was paid for ends.

use serde_json::{Value, json};

use super::{SUBSCRIPTIONS, collect, has_ended, subscription_object::period_end};
use crate::{
    api::events::{emit, previous_attributes},
    call::Call,
};

/// Why a subscription was canceled: Stripe's `cancellation_details.reason`.
pub const REQUESTED: &str = "cancellation_requested";
/// Its payments failed.
pub const PAYMENT_FAILED: &str = "payment_failed";

fn details(reason: Option<&str>) -> Value {
    json!({ "comment": null, "feedback": null, "reason": reason })
}

/// Ends a subscription now.
pub fn now(call: &mut Call, before: &Value, reason: &str) -> Value {
    let now = call.now();
    let mut subscription = before.clone();
    subscription["status"] = json!("canceled");
    if subscription["canceled_at"].is_null() {
        subscription["canceled_at"] = json!(now);
        subscription["cancellation_details"] = details(Some(reason));
    }
    subscription["ended_at"] = json!(now);
    call.replace(SUBSCRIPTIONS, &subscription);
    collect::give_up(call, &subscription);
    emit(call, "customer.subscription.deleted", &subscription, None);
    subscription
}

/// Sets whether a subscription ends when what was paid for ends. One that is set so already stays
/// as it is.
pub fn at_period_end(call: &mut Call, before: &Value, cancel: bool) -> Value {
    if before["cancel_at_period_end"] == cancel {
        return before.clone();
    }
    let mut subscription = before.clone();
    subscription["cancel_at_period_end"] = json!(cancel);
    let end = period_end(before);
    subscription["cancel_at"] = json!(end.filter(|_| cancel));
    subscription["canceled_at"] = json!(cancel.then_some(call.now()));
    subscription["cancellation_details"] = details(cancel.then_some(REQUESTED));
    call.replace(SUBSCRIPTIONS, &subscription);
    let previous = previous_attributes(before, &subscription);
    emit(
        call,
        "customer.subscription.updated",
        &subscription,
        Some(previous),
    );
    subscription
}

/// Ends every subscription of a customer who was deleted.
pub fn all_of(call: &mut Call, customer: &str) {
    let subscriptions = call.store().of_customer(SUBSCRIPTIONS, customer);
    let living: Vec<Value> = subscriptions
        .filter(|one| !has_ended(one))
        .cloned()
        .collect();
    for subscription in living {
        now(call, &subscription, REQUESTED);
    }
}
