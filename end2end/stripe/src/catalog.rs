//! Products and prices.

use serde_json::{Map, Value, json};

use crate::{balance, error::StripeError, id, list, metadata::merge, routes::Call};

const FIELDS: [&str; 9] = [
    "active",
    "default_price",
    "description",
    "images",
    "marketing_features",
    "name",
    "statement_descriptor",
    "unit_label",
    "url",
];

fn apply(product: &mut Value, params: &Map<String, Value>) -> Result<(), StripeError> {
    for field in FIELDS {
        if let Some(value) = params.get(field) {
            let list = matches!(field, "images" | "marketing_features");
            let unset = if list { json!([]) } else { Value::Null };
            product[field] = if value == "" { unset } else { value.clone() };
        }
    }
    if let Some(param) = params.get("metadata") {
        product["metadata"] = merge(&product["metadata"], param)?;
    }
    Ok(())
}

/// Makes a product of `name`, `description`, … as `product_data` and `POST /v1/products` give them.
pub fn product(call: &mut Call, params: &Map<String, Value>) -> Result<Value, StripeError> {
    let now = call.now();
    let own_id = params.get("id").and_then(Value::as_str).map(Into::into);
    let mut product = json!({
        "id": own_id.unwrap_or_else(|| id::new("prod")),
        "object": "product",
        "active": true,
        "created": now,
        "default_price": null,
        "description": null,
        "images": [],
        "livemode": false,
        "marketing_features": [],
        "metadata": {},
        "name": null,
        "package_dimensions": null,
        "shippable": null,
        "statement_descriptor": null,
        "tax_code": null,
        "type": "service",
        "unit_label": null,
        "updated": now,
        "url": null,
    });
    apply(&mut product, params)?;
    Ok(call.insert("products", product))
}

/// Makes a price of `currency`, `unit_amount`, `recurring`, `product` or `product_data`; `at` is where
/// these stand in the call.
pub fn price(call: &mut Call, params: &Map<String, Value>, at: &str) -> Result<Value, StripeError> {
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
    let currency = balance::currency(sent, &name("currency"))?;
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
                .filter(|one| one["deleted"] != true);
            let missing = || StripeError::no_such_param("product", id, &name("product"));
            found.cloned().ok_or_else(missing)?
        }
        (None, Some(data)) => product(call, &data.as_object().cloned().unwrap_or_default())?,
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

/// `POST /v1/products`
pub fn create_product(call: &mut Call) -> Result<Value, StripeError> {
    let params = call.params.clone();
    if let Some(id) = call.text("id")
        && call.store().get("products", &id).is_some()
    {
        let message = "Product already exists.";
        return Err(StripeError::coded("resource_already_exists", message).at("id"));
    }
    let mut made = product(call, &params)?;
    if let Some(data) = params.get("default_price_data").and_then(Value::as_object) {
        let mut data = data.clone();
        data.insert("product".into(), made["id"].clone());
        made["default_price"] = price(call, &data, "default_price_data")?["id"].clone();
        call.replace("products", &made);
    }
    Ok(made)
}

fn living_product(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let product = call.find("products", "product", &id)?;
    if product["deleted"] == true {
        Err(StripeError::no_such("product", &id))
    } else {
        Ok(product)
    }
}

/// `POST /v1/products/{id}`
pub fn update_product(call: &mut Call) -> Result<Value, StripeError> {
    let mut product = living_product(call)?;
    apply(&mut product, &call.params)?;
    product["updated"] = json!(call.now());
    call.replace("products", &product);
    Ok(product)
}

/// `DELETE /v1/products/{id}`
pub fn delete_product(call: &mut Call) -> Result<Value, StripeError> {
    let product = living_product(call)?;
    if call
        .store()
        .all("prices")
        .iter()
        .any(|price| price["product"] == product["id"])
    {
        let message =
            "This product cannot be deleted because it has one or more user-created prices.";
        return Err(StripeError::invalid(message).at("id"));
    }
    let deleted = json!({ "id": product["id"], "object": "product", "deleted": true });
    call.replace("products", &deleted);
    Ok(deleted)
}

/// `GET /v1/products`
pub fn list_products(call: &mut Call) -> Result<Value, StripeError> {
    let (active, ids) = (call.param("active"), call.param("ids"));
    list::page(call, "products", "/v1/products", |product| {
        (active.is_null() || product["active"] == active)
            && ids
                .as_array()
                .is_none_or(|ids| ids.contains(&product["id"]))
    })
}

/// `POST /v1/prices`
pub fn create_price(call: &mut Call) -> Result<Value, StripeError> {
    let params = call.params.clone();
    price(call, &params, "")
}

/// `POST /v1/prices/{price}`
pub fn update_price(call: &mut Call) -> Result<Value, StripeError> {
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
pub fn list_prices(call: &mut Call) -> Result<Value, StripeError> {
    let wanted: Vec<_> = ["active", "currency", "product", "type"]
        .into_iter()
        .filter_map(|field| Some((field, call.params.get(field)?.clone())))
        .collect();
    let keys = call.param("lookup_keys");
    list::page(call, "prices", "/v1/prices", |price| {
        wanted.iter().all(|(field, value)| price[field] == *value)
            && keys
                .as_array()
                .is_none_or(|keys| keys.contains(&price["lookup_key"]))
    })
}
