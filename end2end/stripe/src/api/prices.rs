//! Prices.

use serde_json::{Map, Value, json};

use crate::{
    api::{customer_balance, list as lists, metadata::merge, product_object},
    call::Call,
    error::StripeError,
    id,
};

/// Creates a price from `currency`, `unit_amount`, `recurring` and `product` or `product_data`.
/// `at` is the parameter that contains these fields; empty for the top level.
pub fn create_price(
    call: &mut Call,
    params: &Map<String, Value>,
    at: &str,
) -> Result<Value, StripeError> {
    let name = |field: &str| {
        if at.is_empty() {
            field.into()
        } else {
            format!("{at}[{field}]")
        }
    };
    let sent = params
        .get("currency")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let currency = customer_balance::parse_currency(sent, &name("currency"))?;
    let decimal = params.get("unit_amount_decimal").and_then(Value::as_str);
    let whole = decimal.and_then(|text| text.parse::<i64>().ok());
    let Some(amount) = params.get("unit_amount").and_then(Value::as_i64).or(whole) else {
        return Err(StripeError::missing_param(&name("unit_amount")));
    };
    if amount < 0 {
        let message = "This value must be greater than or equal to 0.";
        return Err(
            StripeError::coded("parameter_invalid_integer", message).at(name("unit_amount"))
        );
    }
    let product = match (
        params.get("product").and_then(Value::as_str),
        params.get("product_data"),
    ) {
        (Some(id), None) => {
            let found = call
                .store()
                .get("products", id)
                .filter(|product| product["deleted"] != true);
            let missing = || StripeError::no_such_param("product", id, &name("product"));
            found.cloned().ok_or_else(missing)?
        }
        (None, Some(data)) => {
            product_object::create_product(call, &data.as_object().cloned().unwrap_or_default())?
        }
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: product, product_data.";
            return Err(StripeError::invalid(message).at(name("product")));
        }
        (None, None) => return Err(StripeError::missing_param(&name("product"))),
    };
    let recurring = params.get("recurring").map(|recurring| {
        json!({
            "interval": recurring["interval"],
            "interval_count": recurring["interval_count"].as_i64().unwrap_or(1),
            "meter": null,
            "trial_period_days": null,
            "usage_type": "licensed",
        })
    });
    let price = json!({
        "id": id::new("price"),
        "object": "price",
        "active": true,
        "billing_scheme": "per_unit",
        "created": call.now(),
        "currency": currency,
        "custom_unit_amount": null,
        "livemode": false,
        "lookup_key": params.get("lookup_key"),
        "metadata": merge(&json!({}), params.get("metadata").unwrap_or(&Value::Null))?,
        "nickname": params.get("nickname"),
        "product": product["id"],
        "recurring": recurring,
        "tax_behavior": params.get("tax_behavior").cloned().unwrap_or(json!("unspecified")),
        "tiers_mode": null,
        "transform_quantity": null,
        "type": if recurring.is_some() { "recurring" } else { "one_time" },
        "unit_amount": amount,
        "unit_amount_decimal": amount.to_string(),
    });
    Ok(call.insert("prices", price))
}

/// `POST /v1/prices`
pub fn create(call: &mut Call) -> Result<Value, StripeError> {
    let params = call.params.clone();
    create_price(call, &params, "")
}

/// `POST /v1/prices/{price}`
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let mut price = call.find("prices", "price", &id)?;
    for field in ["active", "lookup_key", "nickname", "tax_behavior"] {
        if let Some(value) = call.params.get(field) {
            price[field] = value.clone();
        }
    }
    price["metadata"] = merge(&price["metadata"], &call.param("metadata"))?;
    call.replace("prices", &price);
    Ok(price)
}

/// `GET /v1/prices`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    let wanted: Vec<_> = ["active", "currency", "product", "type"]
        .into_iter()
        .filter_map(|field| Some((field, call.params.get(field)?.clone())))
        .collect();
    let keys = call.param("lookup_keys");
    lists::page(call, "prices", "/v1/prices", |price| {
        wanted.iter().all(|(field, value)| price[field] == *value)
            && keys
                .as_array()
                .is_none_or(|keys| keys.contains(&price["lookup_key"]))
    })
}
