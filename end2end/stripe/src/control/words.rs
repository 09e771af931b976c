//! What the controls are told, where the types of Rust callers do not say it already.

use serde::Deserialize;

use crate::types::{How, Order, Settlement};

/// A store, by its key and connected account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyOf {
    pub secret_key: String,
    pub account: Option<String>,
}

/// A further secret key of an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddKey {
    pub of: String,
    pub secret_key: String,
}

/// A webhook endpoint, by key and URL.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointOf {
    pub secret_key: String,
    pub url: String,
}

/// Held deliveries and their order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    pub secret_key: String,
    #[serde(default)]
    pub order: Order,
}

/// An event.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventId {
    pub event: String,
}

/// Deliveries to wait for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliveries {
    pub secret_key: String,
    pub event: String,
    pub count: Option<usize>,
    pub answered: Option<String>,
}

/// A session to pay.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    pub session: String,
    pub how: How,
    pub email: Option<String>,
}

/// The end of a slow payment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    pub session: String,
    pub result: Settlement,
}

/// A session.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionId {
    pub session: String,
}

/// A move of the clock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seconds {
    pub seconds: i64,
}

/// Calls received, and how many to wait for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calls {
    #[serde(default)]
    pub method: String,
    #[serde(default)]
    pub path_prefix: String,
    pub count: Option<usize>,
}
