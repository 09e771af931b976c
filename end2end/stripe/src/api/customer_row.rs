//! A customer's row: read, and written with its event.

use serde_json::{Value, json};

use crate::{
    api::events::{self, emit},
    call::Call,
    error::StripeError,
};

/// The customer; an error if it does not exist or was deleted.
pub fn existing(call: &mut Call, id: &str) -> Result<Value, StripeError> {
    let customer = call.find("customers", "customer", id)?;
    if customer["deleted"] == true {
        return Err(StripeError::no_such("customer", id));
    }
    Ok(customer)
}

/// Stores a changed customer and emits `customer.updated`.
pub fn save_and_emit(call: &mut Call, before: &Value, customer: &Value) {
    call.replace("customers", customer);
    let previous = events::previous_attributes(before, customer);
    if previous != json!({}) {
        emit(call, "customer.updated", customer, Some(previous));
    }
}
