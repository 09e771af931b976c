//! The coupon of a Checkout session: whether it can be applied, what it takes off, and its
//! redemption.

use serde_json::{Value, json};

use crate::{
    api::coupons::{self, Validity},
    call::Call,
    error::StripeError,
};

const PARAM: &str = "discounts[0][coupon]";

/// Takes the coupon of the request off the line items. A coupon is redeemed only when the session
/// is completed.
pub fn apply(call: &mut Call, items: &mut [Value]) -> Result<(), StripeError> {
    let sent = call.param("discounts");
    let Some(discount) = sent.as_array().and_then(|discounts| discounts.first()) else {
        return Ok(());
    };
    let Some(id) = discount["coupon"].as_str() else {
        return Err(StripeError::not_imitated("promotion codes"));
    };
    let coupon = usable(call, id, &items[0]["currency"])?;
    let mut left = coupon["amount_off"].as_i64().unwrap_or_default();
    for item in items {
        let amount = item["amount_subtotal"].as_i64().unwrap_or_default();
        let off = match coupon["percent_off"].as_f64() {
            Some(percent) => percent_of(percent, amount),
            None => left.min(amount),
        };
        left -= off;
        item["amount_discount"] = json!(off);
        item["amount_total"] = json!(amount - off);
    }
    Ok(())
}

/// The coupon, unless Stripe would refuse it.
fn usable(call: &mut Call, id: &str, currency: &Value) -> Result<Value, StripeError> {
    let now = call.now();
    let Some(coupon) = call.store().get("coupons", id) else {
        return Err(StripeError::no_such_param("coupon", id, PARAM));
    };
    let refused = match coupons::validity(coupon, now) {
        Validity::Expired => StripeError::coded("coupon_expired", format!("Coupon expired: {id}")),
        Validity::UsedUp => {
            let message = format!("Coupon {id} is used up and cannot be applied.");
            StripeError::coded("coupon_expired", message)
        }
        Validity::Valid if coupon["amount_off"].is_i64() && coupon["currency"] != *currency => {
            StripeError::invalid("The coupon's currency does not match.")
        }
        Validity::Valid => return Ok(coupon.clone()),
    };
    Err(refused.at(PARAM))
}

/// Rounds to the nearest cent. Percentages have at most two decimal places.
fn percent_of(percent: f64, amount: i64) -> i64 {
    let hundredths = format!("{:.0}", percent * 100.0)
        .parse::<i64>()
        .unwrap_or_default();
    (amount * hundredths + 5_000) / 10_000
}

/// Counts the redemption of a completed session's coupon. A deleted one is not counted.
pub fn redeem(call: &mut Call, session: &Value) {
    let now = call.now();
    let id = session["discounts"][0]["coupon"].as_str();
    if let Some(coupon) = id.and_then(|id| call.store().get_mut("coupons", id)) {
        let times = coupon["times_redeemed"].as_i64().unwrap_or_default() + 1;
        coupon["times_redeemed"] = json!(times);
        coupon["valid"] = json!(coupons::validity(coupon, now) == Validity::Valid);
    }
}
