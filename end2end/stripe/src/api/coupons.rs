//! Coupons.

use serde_json::{Value, json};

use crate::{
    api::{customer_balance, metadata::merge},
    call::Call,
    error::StripeError,
    id,
};

/// `POST /v1/coupons`
pub fn create(call: &mut Call) -> Result<Value, StripeError> {
    let (percent, amount) = (call.param("percent_off"), call.param("amount_off"));
    if percent.is_null() == amount.is_null() {
        let message = "Must provide exactly one of percent_off or amount_off.";
        return Err(StripeError::invalid(message));
    }
    let currency = match call.text("currency") {
        Some(currency) => Some(customer_balance::parse_currency(&currency, "currency")?),
        None if !amount.is_null() => return Err(StripeError::missing_param("currency")),
        None => None,
    };
    let id = call
        .text("id")
        .unwrap_or_else(|| id::new("")[1..9].to_owned());
    if call.store().get("coupons", &id).is_some() {
        return Err(
            StripeError::coded("resource_already_exists", "Coupon already exists.").at("id"),
        );
    }
    let coupon = json!({
        "id": id,
        "object": "coupon",
        "amount_off": amount,
        "created": call.now(),
        "currency": currency,
        "duration": call.text("duration").unwrap_or_else(|| "once".into()),
        "duration_in_months": call.param("duration_in_months"),
        "livemode": false,
        "max_redemptions": call.param("max_redemptions"),
        "metadata": merge(&json!({}), &call.param("metadata"))?,
        "name": call.text("name"),
        "percent_off": percent,
        "redeem_by": call.param("redeem_by"),
        "times_redeemed": 0,
        "valid": true,
    });
    Ok(call.insert("coupons", coupon))
}

/// `POST /v1/coupons/{coupon}`
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let mut coupon = call.find("coupons", "coupon", &id)?;
    if call.params.contains_key("name") {
        coupon["name"] = json!(call.text("name"));
    }
    coupon["metadata"] = merge(&coupon["metadata"], &call.param("metadata"))?;
    call.replace("coupons", &coupon);
    Ok(coupon)
}

/// `DELETE /v1/coupons/{coupon}`: removes it completely, as Stripe does.
pub fn delete(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    call.find("coupons", "coupon", &id)?;
    call.store().remove("coupons", &id);
    Ok(json!({ "id": id, "object": "coupon", "deleted": true }))
}
