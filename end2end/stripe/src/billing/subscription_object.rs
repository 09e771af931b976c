//! The subscription object and its items.

use serde_json::{Value, json};

use super::period;
use crate::id;

/// A subscription with Stripe's default values.
pub fn new(id: &str, created: i64) -> Value {
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
        "latest_invoice": null,
        "livemode": false,
        "metadata": {},
        "start_date": created,
        "status": "active",
        "trial_end": null,
        "trial_start": null,
    })
}

/// The item of one line item of a Checkout session. Its period begins at `start`; `trial_end` ends the
/// first one where there is a trial.
pub fn item(subscription: &str, line: &Value, start: i64, trial_end: Option<i64>) -> Value {
    let price = &line["price"];
    let end = trial_end.unwrap_or_else(|| period::end(start, start, &price["recurring"]));
    json!({
        "id": id::new("si"),
        "object": "subscription_item",
        "billing_thresholds": null,
        "created": start,
        "current_period_end": end,
        "current_period_start": start,
        "discounts": [],
        "metadata": {},
        "plan": plan(price),
        "price": price,
        "quantity": line["quantity"],
        "subscription": subscription,
        "tax_rates": [],
    })
}

/// A price in its older shape, which Stripe still shows.
fn plan(price: &Value) -> Value {
    json!({
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": false,
        "metadata": {},
        "meter": null,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": null,
        "transform_usage": null,
        "trial_period_days": null,
        "usage_type": "licensed",
    })
}

/// When what was paid for ends. `None` for a subscription of a store file that has no items.
pub fn period_end(subscription: &Value) -> Option<i64> {
    let items = subscription["items"]["data"].as_array()?;
    items
        .iter()
        .filter_map(|item| item["current_period_end"].as_i64())
        .max()
}

/// Moves every item into its next period.
pub fn begin_next_period(subscription: &mut Value) {
    let anchor = subscription["billing_cycle_anchor"]
        .as_i64()
        .unwrap_or_default();
    let items = subscription["items"]["data"].as_array_mut();
    for item in items.into_iter().flatten() {
        let start = item["current_period_end"].as_i64().unwrap_or_default();
        let end = period::end(start, anchor, &item["price"]["recurring"]);
        item["current_period_start"] = json!(start);
        item["current_period_end"] = json!(end);
    }
}
