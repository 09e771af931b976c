//! The mobile API. Every answer that a phone gets here is compared with the committed document.

mod accounts;
mod bad_input;
mod bad_json;
mod codes;
mod cors;
mod devices;
mod document;
mod hanging_up;
mod headers;
mod idempotency;
mod idempotency_keys;
mod limits;
mod member;
mod moments;
mod own_purchases;
mod products;
mod profile;
mod purchases;
mod referrer;
mod return_url;
mod scenario3;

use serde_json::{Value, json};

pub const REGISTER: &str = "/api/v1/auth/register";
const LOGIN: &str = "/api/v1/auth/login";
const LOGOUT: &str = "/api/v1/auth/logout";
const ME: &str = "/api/v1/me";
const PURCHASES: &str = "/api/v1/purchases";

/// The guide's body, to the letter.
fn guides_body() -> Value {
    json!({
        "email": "friend@example.com",
        "password": "securepassword",
        "first_name": "Jane",
        "last_name": "Doe",
        "date_of_birth": "1990-01-15",
        "referral_code": "ab3kx7mn"
    })
}

/// The guide's body with another value.
pub fn body_with(field: &str, value: Value) -> Value {
    let mut body = guides_body();
    body[field] = value;
    body
}

/// The guide's body without a field.
fn body_without(field: &str) -> Value {
    let mut body = guides_body();
    body.as_object_mut().unwrap().remove(field);
    body
}
