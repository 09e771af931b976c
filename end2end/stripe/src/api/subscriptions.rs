//! Subscriptions by API: those that Checkout created, to be read, changed and canceled.

use serde_json::{Value, json};

use crate::{
    api::{
        events::{emit, previous_attributes},
        list as lists,
        metadata::merge,
    },
    billing::{SUBSCRIPTIONS, cancel as ending, cycle, has_ended},
    call::Call,
    error::StripeError,
};

/// `GET /v1/subscriptions/{subscription}`
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    cycle::run_due(call);
    let id = call.id(0);
    call.find(SUBSCRIPTIONS, "subscription", &id)
}

/// `GET /v1/subscriptions`: without `status`, all that are not canceled.
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    cycle::run_due(call);
    let (customer, status) = (call.text("customer"), call.text("status"));
    lists::page(call, SUBSCRIPTIONS, "/v1/subscriptions", |one| {
        customer.as_ref().is_none_or(|id| one["customer"] == **id)
            && match status.as_deref() {
                None => one["status"] != "canceled",
                Some("all") => true,
                Some("ended") => has_ended(one),
                Some(status) => one["status"] == status,
            }
    })
}

/// `POST /v1/subscriptions/{subscription}`: whether it ends at the period's end, and the metadata.
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let before = retrieve(call)?;
    let changes = |name: &&String| !matches!(name.as_str(), "metadata" | "expand");
    let changed = call.params.keys().filter(changes);
    let changed: Vec<String> = changed.cloned().collect();
    if has_ended(&before) && !changed.is_empty() {
        let message =
            "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(StripeError::invalid(message));
    }
    if let Some(other) = changed.iter().find(|name| *name != "cancel_at_period_end") {
        return Err(StripeError::not_imitated(&format!(
            "a subscription's {other}"
        )));
    }
    let mut subscription = before;
    if let Some(cancel) = call.param("cancel_at_period_end").as_bool() {
        subscription = ending::at_period_end(call, &subscription, cancel);
    }
    let metadata = merge(&subscription["metadata"], &call.param("metadata"))?;
    if metadata != subscription["metadata"] {
        let before = subscription.clone();
        subscription["metadata"] = json!(metadata);
        call.replace(SUBSCRIPTIONS, &subscription);
        let previous = previous_attributes(&before, &subscription);
        emit(
            call,
            "customer.subscription.updated",
            &subscription,
            Some(previous),
        );
    }
    Ok(subscription)
}

/// `DELETE /v1/subscriptions/{subscription}`: one that has ended cannot be canceled and is not found.
pub fn cancel(call: &mut Call) -> Result<Value, StripeError> {
    let subscription = retrieve(call)?;
    if has_ended(&subscription) {
        return Err(StripeError::no_such("subscription", &call.id(0)));
    }
    Ok(ending::now(call, &subscription, ending::REQUESTED))
}
