//! Metadata: Stripe's limits and its rules for setting and unsetting keys.

use serde_json::{Map, Value};

use crate::error::StripeError;

/// Applies the parameter `metadata` to an object's metadata. An empty value unsets its key, an
/// empty `metadata` unsets all keys.
pub fn merge(current: &Value, param: &Value) -> Result<Value, StripeError> {
    let mut merged = current.as_object().cloned().unwrap_or_default();
    match param {
        Value::Object(changes) => {
            for (key, value) in changes {
                set(&mut merged, key, value.as_str().unwrap_or_default())?;
            }
        }
        Value::String(_) => merged.clear(),
        _ => {}
    }
    if merged.len() > 50 {
        let message = "You may only specify up to 50 metadata keys.";
        return Err(StripeError::invalid(message).at("metadata"));
    }
    Ok(Value::Object(merged))
}

fn set(merged: &mut Map<String, Value>, key: &str, value: &str) -> Result<(), StripeError> {
    let too_long = |what: &str, limit: usize| {
        let message = format!("Metadata {what} can have up to {limit} characters.");
        Err(StripeError::invalid(message).at(format!("metadata[{key}]")))
    };
    if key.chars().count() > 40 {
        return too_long("keys", 40);
    }
    if value.chars().count() > 500 {
        return too_long("values", 500);
    }
    if value.is_empty() {
        merged.remove(key);
    } else {
        merged.insert(key.into(), value.into());
    }
    Ok(())
}
