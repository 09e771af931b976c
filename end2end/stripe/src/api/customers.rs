//! Customers.

use serde_json::{Map, Value, json};

use crate::{
    api::{
        customer_balance,
        customer_row::{existing, save_and_emit},
        email::check_email,
        events::emit,
        list as lists,
        metadata::merge,
    },
    billing::cancel,
    call::Call,
    error::StripeError,
    id,
};

const FIELDS: [&str; 12] = [
    "address",
    "business_name",
    "description",
    "email",
    "individual_name",
    "invoice_prefix",
    "name",
    "next_invoice_sequence",
    "phone",
    "preferred_locales",
    "shipping",
    "tax_exempt",
];

/// A customer with Stripe's default values.
pub fn new_customer(id: &str, created: i64) -> Value {
    json!({
        "id": id,
        "object": "customer",
        "address": null,
        "balance": 0,
        "created": created,
        "currency": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": null,
        "invoice_prefix": id.chars().rev().take(8).collect::<String>().to_uppercase(),
        "invoice_settings": {
            "custom_fields": null,
            "default_payment_method": null,
            "footer": null,
            "rendering_options": null,
        },
        "livemode": false,
        "metadata": {},
        "name": null,
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    })
}

fn update_fields(customer: &mut Value, params: &Map<String, Value>) -> Result<(), StripeError> {
    for field in FIELDS {
        if let Some(value) = params.get(field) {
            let unset = if field == "tax_exempt" {
                json!("none")
            } else {
                Value::Null
            };
            customer[field] = if value == "" { unset } else { value.clone() };
        }
    }
    if let Some(settings) = params.get("invoice_settings").and_then(Value::as_object) {
        for (name, value) in settings {
            customer["invoice_settings"][name] = value.clone();
        }
    }
    if let Some(param) = params.get("metadata") {
        customer["metadata"] = merge(&customer["metadata"], param)?;
    }
    Ok(())
}

/// Creates the customer of a completed Checkout session.
pub fn create_from_checkout(call: &mut Call, email: Option<&str>) -> Value {
    let mut customer = new_customer(&id::new("cus"), call.now());
    customer["email"] = json!(email);
    call.insert("customers", customer.clone());
    emit(call, "customer.created", &customer, None);
    customer
}

/// `POST /v1/customers`
pub fn create(call: &mut Call) -> Result<Value, StripeError> {
    check_email(call.text("email"), "email")?;
    let mut customer = new_customer(&id::new("cus"), call.now());
    update_fields(&mut customer, &call.params)?;
    if let Some(balance) = call.param("balance").as_i64() {
        customer["balance"] = json!(balance);
    }
    call.insert("customers", customer.clone());
    emit(call, "customer.created", &customer, None);
    Ok(customer)
}

/// `GET /v1/customers/{customer}`: a deleted customer is returned with `deleted`.
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    call.find("customers", "customer", &id)
}

/// `POST /v1/customers/{customer}`
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    check_email(call.text("email"), "email")?;
    let before = existing(call, &id)?;
    let mut customer = before.clone();
    update_fields(&mut customer, &call.params)?;
    if let Some(balance) = call.param("balance").as_i64() {
        let change = balance - before["balance"].as_i64().unwrap_or_default();
        let currency = before["currency"].as_str().unwrap_or("usd").to_owned();
        if change != 0 {
            let now = call.now();
            let transaction = customer_balance::change(
                call.store(),
                &mut customer,
                &currency,
                change,
                now,
                "adjustment",
            );
            call.insert("balance_transactions", transaction);
        }
    }
    save_and_emit(call, &before, &customer);
    Ok(customer)
}

/// `DELETE /v1/customers/{customer}`
pub fn delete(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let customer = existing(call, &id)?;
    let deleted = json!({ "id": id, "object": "customer", "deleted": true });
    call.replace("customers", &deleted);
    cancel::all_of(call, &id);
    emit(call, "customer.deleted", &customer, None);
    Ok(deleted)
}

/// `GET /v1/customers`: the email filter is case-sensitive, as at Stripe.
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    let email = call.text("email");
    lists::page(call, "customers", "/v1/customers", |customer| {
        email
            .as_ref()
            .is_none_or(|email| customer["email"] == **email)
    })
}

/// How long search does not know a new customer, in seconds.
const SEARCH_LAG: i64 = 60;

/// `GET /v1/customers/search`, with clauses `email:"…"`, `name:"…"`, `phone:"…"` and
/// `metadata["…"]:"…"` joined by AND. It does not know yet who was made in the last minute (Stripe,
/// "Search", data freshness).
pub fn search(call: &mut Call) -> Result<Value, StripeError> {
    let query = call.text("query").unwrap_or_default();
    let clauses: Option<Vec<_>> = query.split(" AND ").map(parse_clause).collect();
    let Some(clauses) = clauses else {
        return Err(StripeError::not_imitated(&format!(
            "the search query {query}"
        )));
    };
    let indexed = call.now() - SEARCH_LAG;
    let mut page = lists::page(call, "customers", "/v1/customers/search", |customer| {
        let created = customer["created"].as_i64();
        created.is_some_and(|created| created <= indexed)
            && clauses.iter().all(|(path, value)| {
                let found = path.iter().fold(customer, |at, step| &at[step]);
                found
                    .as_str()
                    .is_some_and(|found| found.eq_ignore_ascii_case(value))
            })
    })?;
    page["object"] = json!("search_result");
    page["next_page"] = Value::Null;
    Ok(page)
}

fn parse_clause(text: &str) -> Option<(Vec<String>, String)> {
    let (field, value) = text.trim().rsplit_once(':')?;
    let unquote = |text: &str| text.trim_matches(['"', '\'']).to_owned();
    let path = match field.split_once('[') {
        Some(("metadata", key)) => vec!["metadata".into(), unquote(key.trim_end_matches(']'))],
        None if matches!(field, "email" | "name" | "phone") => vec![field.to_owned()],
        _ => return None,
    };
    Some((path, unquote(value)))
}
