//! The Checkout session object.

use serde_json::{Value, json};

use crate::{
    api::metadata::merge, call::Call, checkout::line_items::LineItems, error::StripeError, id,
};

/// A new, open session.
pub fn create(
    call: &mut Call,
    mode: &str,
    customer: Option<&Value>,
    lines: &LineItems,
) -> Result<Value, StripeError> {
    let id = id::new(match call.scope.livemode() {
        true => "cs_live",
        false => "cs_test",
    });
    let now = call.now();
    let param = |name: &str| call.param(name);
    let param_or = |name: &str, otherwise: Value| match call.param(name) {
        Value::Null => otherwise,
        value => value,
    };
    let payment = mode == "payment";
    let creation = match (customer, payment) {
        (Some(_), _) => Value::Null,
        (None, true) => param_or("customer_creation", json!("if_required")),
        (None, false) => json!("always"),
    };
    let known_email = customer.map_or(param("customer_email"), |customer| {
        customer["email"].clone()
    });
    let details = if known_email.is_null() {
        Value::Null
    } else {
        customer_details(&known_email)
    };
    Ok(json!({
        "id": id,
        "object": "checkout.session",
        "adaptive_pricing": { "enabled": false },
        "after_expiration": null,
        "allow_promotion_codes": param("allow_promotion_codes"),
        "amount_subtotal": lines.subtotal,
        "amount_total": lines.total,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "billing_address_collection": param("billing_address_collection"),
        "cancel_url": param("cancel_url"),
        "client_reference_id": param("client_reference_id"),
        "client_secret": null,
        "collected_information": null,
        "consent": null,
        "consent_collection": null,
        "created": now,
        "currency": lines.currency,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": {
            "after_submit": param("custom_text")["after_submit"],
            "shipping_address": param("custom_text")["shipping_address"],
            "submit": param("custom_text")["submit"],
            "terms_of_service_acceptance": param("custom_text")["terms_of_service_acceptance"],
        },
        "customer": customer.map(|customer| customer["id"].clone()),
        "customer_creation": creation,
        "customer_details": details,
        "customer_email": param("customer_email"),
        "discounts": param_or("discounts", json!([])).as_array().map(|discounts| {
            discounts.iter().map(applied_discount).collect::<Vec<_>>()
        }),
        "expires_at": param_or("expires_at", json!(now + 24 * 60 * 60)),
        "invoice": null,
        "invoice_creation": invoice_creation(payment, &param("invoice_creation")),
        "livemode": false,
        "locale": param("locale"),
        "metadata": merge(&json!({}), &param("metadata"))?,
        "mode": mode,
        "origin_context": param("origin_context"),
        "payment_intent": null,
        "payment_link": null,
        "payment_method_collection": param_or(
            "payment_method_collection",
            json!(if payment { "if_required" } else { "always" }),
        ),
        "payment_method_configuration_details": null,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "permissions": null,
        "phone_number_collection": { "enabled": false },
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": param("shipping_address_collection"),
        "shipping_cost": null,
        "shipping_options": [],
        "status": "open",
        "submit_type": param("submit_type"),
        "subscription": null,
        "success_url": param("success_url"),
        "total_details": {
            "amount_discount": lines.discount,
            "amount_shipping": 0,
            "amount_tax": 0,
        },
        "ui_mode": "hosted_page",
        "url": format!("{}pay/{id}", call.base_url),
        "wallet_options": null,
    }))
}

fn applied_discount(discount: &Value) -> Value {
    json!({ "coupon": discount["coupon"], "promotion_code": null })
}

/// `customer_details` with only the email set.
pub fn customer_details(email: &Value) -> Value {
    json!({
        "address": null,
        "business_name": null,
        "email": email,
        "individual_name": null,
        "name": null,
        "phone": null,
        "tax_exempt": "none",
        "tax_ids": [],
    })
}

fn invoice_creation(payment: bool, sent: &Value) -> Value {
    if !payment {
        return Value::Null;
    }
    let data = &sent["invoice_data"];
    json!({
        "enabled": sent["enabled"] == true,
        "invoice_data": {
            "account_tax_ids": null,
            "custom_fields": null,
            "description": data["description"],
            "footer": data["footer"],
            "issuer": null,
            "metadata": data.get("metadata").cloned().unwrap_or(json!({})),
            "rendering_options": null,
        },
    })
}
