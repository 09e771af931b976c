//! Customer balance transactions. A negative amount is a credit.

use serde_json::{Value, json};

use crate::{
    api::{
        customer_balance::{TABLE, change, parse_currency},
        customer_row, list as lists,
        metadata::merge,
    },
    call::Call,
    error::StripeError,
};

/// `POST /v1/customers/{customer}/balance_transactions`
pub fn create(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let before = customer_row::existing(call, &id)?;
    let currency = parse_currency(&call.text("currency").unwrap_or_default(), "currency")?;
    let amount = call.param("amount").as_i64().unwrap_or_default();
    let now = call.now();
    let mut customer = before.clone();
    let store = call.store();
    let mut transaction = change(store, &mut customer, &currency, amount, now, "adjustment");
    transaction["description"] = json!(call.text("description"));
    transaction["metadata"] = merge(&json!({}), &call.param("metadata"))?;
    call.insert(TABLE, transaction.clone());
    customer_row::save_and_emit(call, &before, &customer);
    Ok(transaction)
}

fn find(call: &mut Call) -> Result<Value, StripeError> {
    let (customer, id) = (call.id(0), call.id(1));
    call.find("customers", "customer", &customer)?;
    let found = call.find(TABLE, "customer balance transaction", &id)?;
    if found["customer"] == *customer {
        return Ok(found);
    }
    Err(StripeError::no_such("customer balance transaction", &id))
}

/// `GET /v1/customers/{customer}/balance_transactions/{transaction}`
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    find(call)
}

/// `POST` to the same path: only description and metadata can change.
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let mut found = find(call)?;
    if call.params.contains_key("description") {
        found["description"] = json!(call.text("description"));
    }
    found["metadata"] = merge(&found["metadata"], &call.param("metadata"))?;
    call.replace(TABLE, &found);
    Ok(found)
}

/// `GET /v1/customers/{customer}/balance_transactions`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    let customer = call.id(0);
    // The transactions of a deleted customer can still be read.
    call.find("customers", "customer", &customer)?;
    let url = format!("/v1/customers/{customer}/balance_transactions");
    let invoice = call.text("invoice");
    lists::page_of_customer(call, TABLE, &customer, &url, |transaction| {
        invoice
            .as_ref()
            .is_none_or(|invoice| transaction["invoice"] == **invoice)
    })
}
