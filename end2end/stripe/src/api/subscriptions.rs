//! Subscriptions: those that Checkout creates, to be read and canceled. Their items, periods and invoices
//! are not imitated.

use serde_json::{Value, json};

use crate::{api::events::emit, call::Call, error::StripeError};

const TABLE: &str = "subscriptions";

/// A subscription with Stripe's default values.
pub fn new_subscription(id: &str, created: i64) -> Value {
    json!({
        "id": id,
        "object": "subscription",
        "application": null,
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
        "billing_cycle_anchor": created,
        "billing_mode": { "type": "classic" },
        "billing_schedules": [],
        "cancel_at": null,
        "cancel_at_period_end": false,
        "canceled_at": null,
        "cancellation_details": { "comment": null, "feedback": null, "reason": null },
        "collection_method": "charge_automatically",
        "created": created,
        "currency": null,
        "customer": null,
        "description": null,
        "discounts": [],
        "ended_at": null,
        "invoice_settings": { "account_tax_ids": null, "issuer": { "type": "self" } },
        "items": {
            "object": "list",
            "data": [],
            "has_more": false,
            "url": format!("/v1/subscription_items?subscription={id}"),
        },
        "livemode": false,
        "metadata": {},
        "start_date": created,
        "status": "active",
    })
}

/// `GET /v1/subscriptions/{subscription}`
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    call.find(TABLE, "subscription", &id)
}

/// `DELETE /v1/subscriptions/{subscription}`: one that has ended cannot be canceled and is not found.
pub fn cancel(call: &mut Call) -> Result<Value, StripeError> {
    let mut subscription = retrieve(call)?;
    if matches!(
        subscription["status"].as_str(),
        Some("canceled" | "incomplete_expired")
    ) {
        return Err(StripeError::no_such("subscription", &call.id(0)));
    }
    let now = call.now();
    subscription["status"] = json!("canceled");
    subscription["canceled_at"] = json!(now);
    subscription["ended_at"] = json!(now);
    subscription["cancellation_details"] =
        json!({ "comment": null, "feedback": null, "reason": "cancellation_requested" });
    call.replace(TABLE, &subscription);
    emit(call, "customer.subscription.deleted", &subscription, None);
    Ok(subscription)
}
