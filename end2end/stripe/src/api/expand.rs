//! The parameter `expand`: replaces ids in a response by the objects.

use serde_json::{Value, json};

use crate::{
    api::{coupons, customer_balance::invoice_credit_balance},
    call::Call,
    error::StripeError,
    store::{Store, TABLES},
};

/// Expands a response as the parameter `expand` says.
pub fn expand(call: &mut Call, mut response: Value) -> Result<Value, StripeError> {
    let paths = call.param("expand");
    for path in paths
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        let steps: Vec<_> = path.split('.').collect();
        if steps.len() > 4 {
            let message = "You cannot expand more than 4 levels of a property.";
            return Err(StripeError::invalid(message).at("expand"));
        }
        expand_path(call.store(), &mut response, &steps).map_err(|()| {
            let message = format!("This property cannot be expanded ({path}).");
            StripeError::invalid(message).at("expand")
        })?;
    }
    Ok(response)
}

fn expand_path(store: &Store, value: &mut Value, steps: &[&str]) -> Result<(), ()> {
    let Some((name, rest)) = steps.split_first() else {
        return Ok(());
    };
    if let Value::Array(elements) = value {
        return elements
            .iter_mut()
            .try_for_each(|element| expand_path(store, element, steps));
    }
    if value["object"] == "checkout.session" && *name == "line_items" {
        let id = value["id"].as_str().unwrap_or_default();
        value["line_items"] = line_items(store, id);
    }
    if value["object"] == "customer" && *name == "invoice_credit_balance" {
        value["invoice_credit_balance"] = invoice_credit_balance(store, value);
        return Ok(());
    }
    let Some(field) = value.get_mut(*name) else {
        return Err(());
    };
    if let Value::String(id) = field {
        let object = TABLES
            .iter()
            .chain(&[coupons::DELETED])
            .find_map(|table| store.get(table, id))
            .ok_or(())?;
        *field = object.clone();
    }
    match field {
        Value::Null => Ok(()),
        Value::Array(_) | Value::Object(_) => expand_path(store, field, rest),
        _ => Err(()),
    }
}

fn line_items(store: &Store, session: &str) -> Value {
    let items = store.line_items.get(session).cloned().unwrap_or_default();
    let url = format!("/v1/checkout/sessions/{session}/line_items");
    json!({ "object": "list", "data": items, "has_more": false, "url": url })
}
