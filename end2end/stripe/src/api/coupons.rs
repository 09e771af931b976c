//! Coupons.

use serde_json::{Value, json};

use crate::{
    api::{customer_balance, list as lists, metadata::merge},
    call::Call,
    error::StripeError,
    id,
};

const TABLE: &str = "coupons";

/// Deleted coupons. Sessions that have one keep it.
pub const DELETED: &str = "deleted_coupons";

/// Whether a coupon can be applied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    Valid,
    /// Its `redeem_by` has passed.
    Expired,
    /// It was redeemed `max_redemptions` times.
    UsedUp,
}

pub fn validity(coupon: &Value, now: i64) -> Validity {
    let limit = |name: &str| coupon[name].as_i64().unwrap_or(i64::MAX);
    let times = coupon["times_redeemed"].as_i64().unwrap_or_default();
    if limit("redeem_by") < now {
        Validity::Expired
    } else if times >= limit("max_redemptions") {
        Validity::UsedUp
    } else {
        Validity::Valid
    }
}

/// Makes the coupons of this store invalid whose `redeem_by` has passed.
pub fn expire_overdue(call: &mut Call) {
    let now = call.now();
    let is_overdue =
        |coupon: &&Value| coupon["valid"] == true && validity(coupon, now) == Validity::Expired;
    let coupons = call.store().all(TABLE).iter().filter(is_overdue);
    let overdue: Vec<Value> = coupons.cloned().collect();
    for mut coupon in overdue {
        coupon["valid"] = json!(false);
        call.replace(TABLE, &coupon);
    }
}

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
    if call
        .param("max_redemptions")
        .as_i64()
        .is_some_and(|max| max < 1)
    {
        let message = "This value must be greater than or equal to 1.";
        return Err(StripeError::coded("parameter_invalid_integer", message).at("max_redemptions"));
    }
    let id = call
        .text("id")
        .unwrap_or_else(|| id::new("")[1..9].to_owned());
    if call.store().get(TABLE, &id).is_some() {
        return Err(
            StripeError::coded("resource_already_exists", "Coupon already exists.").at("id"),
        );
    }
    let mut coupon = json!({
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
    coupon["valid"] = json!(validity(&coupon, call.now()) == Validity::Valid);
    Ok(call.insert(TABLE, coupon))
}

/// `GET /v1/coupons/{coupon}`
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    expire_overdue(call);
    let id = call.id(0);
    call.find(TABLE, "coupon", &id)
}

/// `GET /v1/coupons`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    expire_overdue(call);
    lists::page(call, TABLE, "/v1/coupons", |_| true)
}

/// `POST /v1/coupons/{coupon}`
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let mut coupon = retrieve(call)?;
    if call.params.contains_key("name") {
        coupon["name"] = json!(call.text("name"));
    }
    coupon["metadata"] = merge(&coupon["metadata"], &call.param("metadata"))?;
    call.replace(TABLE, &coupon);
    Ok(coupon)
}

/// `DELETE /v1/coupons/{coupon}`: afterwards it can neither be read nor applied.
pub fn delete(call: &mut Call) -> Result<Value, StripeError> {
    let coupon = retrieve(call)?;
    let id = call.id(0);
    let store = call.store();
    store.remove(TABLE, &id);
    store.remove(DELETED, &id);
    store.insert(DELETED, coupon);
    Ok(json!({ "id": id, "object": "coupon", "deleted": true }))
}
