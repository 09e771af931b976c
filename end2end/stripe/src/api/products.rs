//! Products.

use serde_json::{Value, json};

use crate::{
    api::{
        list as lists, prices,
        product_object::{create_product, update_fields},
    },
    call::Call,
    error::StripeError,
};

/// `POST /v1/products`
pub fn create(call: &mut Call) -> Result<Value, StripeError> {
    let params = call.params.clone();
    if let Some(id) = call.text("id")
        && call.store().get("products", &id).is_some()
    {
        let message = "Product already exists.";
        return Err(StripeError::coded("resource_already_exists", message).at("id"));
    }
    let mut product = create_product(call, &params)?;
    if let Some(data) = params.get("default_price_data").and_then(Value::as_object) {
        let mut data = data.clone();
        data.insert("product".into(), product["id"].clone());
        product["default_price"] =
            prices::create_price(call, &data, "default_price_data")?["id"].clone();
        call.replace("products", &product);
    }
    Ok(product)
}

fn existing(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let product = call.find("products", "product", &id)?;
    if product["deleted"] == true {
        Err(StripeError::no_such("product", &id))
    } else {
        Ok(product)
    }
}

/// `POST /v1/products/{id}`
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let mut product = existing(call)?;
    update_fields(&mut product, &call.params)?;
    product["updated"] = json!(call.now());
    call.replace("products", &product);
    Ok(product)
}

/// `DELETE /v1/products/{id}`
pub fn delete(call: &mut Call) -> Result<Value, StripeError> {
    let product = existing(call)?;
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
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    let (active, ids) = (call.param("active"), call.param("ids"));
    lists::page(call, "products", "/v1/products", |product| {
        (active.is_null() || product["active"] == active)
            && ids
                .as_array()
                .is_none_or(|ids| ids.contains(&product["id"]))
    })
}
