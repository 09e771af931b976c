//! The invoice object and its lines.

use serde_json::{Value, json};

use crate::{call::Call, id};

/// What an invoice charges.
pub struct Charged {
    /// `subscription_create` or `subscription_cycle`.
    pub reason: &'static str,
    pub lines: Vec<Value>,
    pub discount: i64,
}

/// A line for an item of the subscription, or for a price that is paid once. It costs what the price
/// says, unless `amount` says what it costs this time.
pub fn line(call: &Call, subscription: &Value, item: &Value, amount: Option<i64>) -> Value {
    let price = &item["price"];
    let moment = |field: &str| item[field].as_i64().unwrap_or(call.now());
    let parent = match item["object"] == "subscription_item" {
        true => json!({
            "invoice_item_details": null,
            "subscription_item_details": {
                "invoice_item": null,
                "proration": false,
                "proration_details": null,
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        }),
        false => Value::Null,
    };
    let quantity = item["quantity"].as_i64().unwrap_or(1);
    let amount =
        amount.unwrap_or_else(|| price["unit_amount"].as_i64().unwrap_or_default() * quantity);
    json!({
        "id": id::new("il"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": null,
        "discount_amounts": [],
        "discountable": true,
        "discounts": [],
        "invoice": null,
        "livemode": false,
        "metadata": subscription["metadata"],
        "parent": parent,
        "period": {
            "end": moment("current_period_end"),
            "start": moment("current_period_start"),
        },
        "pretax_credit_amounts": null,
        "pricing": {
            "price_details": { "price": price["id"], "product": price["product"] },
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "subscription": subscription["id"],
        "subtotal": amount,
        "taxes": [],
    })
}

/// A finalized invoice of a subscription, of which nothing is paid yet. The caller stores it.
pub fn new(call: &mut Call, subscription: &Value, customer: &Value, charged: Charged) -> Value {
    let id = id::new("in");
    let customer_id = customer["id"].as_str().unwrap_or_default();
    let number = call
        .store()
        .of_customer(super::INVOICES, customer_id)
        .count()
        + 1;
    let prefix = customer["invoice_prefix"].as_str().unwrap_or_default();
    let now = call.now();
    let mut lines = charged.lines;
    let amounts = lines.iter().filter_map(|line| line["amount"].as_i64());
    let subtotal: i64 = amounts.sum();
    let total = subtotal - charged.discount;
    for line in &mut lines {
        line["invoice"] = json!(id);
    }
    let period = lines.first().map(|line| line["period"].clone());
    let period = period.unwrap_or(json!({ "start": now, "end": now }));
    json!({
        "id": id,
        "object": "invoice",
        "account_country": "US",
        "account_name": null,
        "account_tax_ids": null,
        "amount_due": total,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": total,
        "amount_shipping": 0,
        "application": null,
        "attempt_count": 0,
        "attempted": false,
        "auto_advance": true,
        "automatic_tax": {
            "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null,
        },
        "automatically_finalizes_at": null,
        "billing_reason": charged.reason,
        "collection_method": "charge_automatically",
        "created": now,
        "currency": subscription["currency"],
        "custom_fields": null,
        "customer": subscription["customer"],
        "customer_address": null,
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": null,
        "customer_shipping": null,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": null,
        "default_source": null,
        "default_tax_rates": [],
        "description": null,
        "discounts": [],
        "due_date": null,
        "effective_at": now,
        "ending_balance": 0,
        "footer": null,
        "from_invoice": null,
        "hosted_invoice_url": null,
        "invoice_pdf": null,
        "issuer": { "type": "self" },
        "last_finalization_error": null,
        "latest_revision": null,
        "lines": {
            "object": "list",
            "data": lines,
            "has_more": false,
            "url": format!("/v1/invoices/{id}/lines"),
        },
        "livemode": false,
        "metadata": {},
        "next_payment_attempt": null,
        "number": format!("{prefix}-{number:04}"),
        "on_behalf_of": null,
        "parent": {
            "quote_details": null,
            "subscription_details": {
                "metadata": subscription["metadata"],
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        },
        "payment_settings": {
            "default_mandate": null, "payment_method_options": null, "payment_method_types": null,
        },
        "period_end": period["end"],
        "period_start": period["start"],
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": null,
        "rendering": null,
        "shipping_cost": null,
        "shipping_details": null,
        "starting_balance": 0,
        "statement_descriptor": null,
        "status": "open",
        "status_transitions": {
            "finalized_at": now, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null,
        },
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal,
        "test_clock": null,
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": null,
    })
}
