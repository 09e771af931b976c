//! The product object.

use serde_json::{Map, Value, json};

use crate::{api::metadata::merge, call::Call, error::StripeError, id};

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

pub fn update_fields(product: &mut Value, params: &Map<String, Value>) -> Result<(), StripeError> {
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

/// Creates a product from the fields that `product_data` and `POST /v1/products` share.
pub fn create_product(call: &mut Call, params: &Map<String, Value>) -> Result<Value, StripeError> {
    let now = call.now();
    let sent_id = params.get("id").and_then(Value::as_str).map(Into::into);
    let mut product = json!({
        "id": sent_id.unwrap_or_else(|| id::new("prod")),
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
    update_fields(&mut product, params)?;
    Ok(call.insert("products", product))
}
