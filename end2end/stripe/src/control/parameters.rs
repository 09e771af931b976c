//! What the controls are told, where the types of Rust callers do not say it already.

use serde::Deserialize;

use crate::types::{AsyncPaymentResult, PaymentStatus, ReleaseOrder};

/// A store, by its key and connected account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreName {
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
pub struct EndpointName {
    pub secret_key: String,
    pub url: String,
}

/// Held deliveries and their order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseDeliveries {
    pub secret_key: String,
    #[serde(default)]
    pub order: ReleaseOrder,
}

/// An event.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventId {
    pub event: String,
}

/// DeliveriesQuery to wait for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    pub secret_key: String,
    pub event: String,
    pub count: Option<usize>,
    pub answered: Option<String>,
}

/// A session to pay.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompleteSession {
    pub session: String,
    pub how: PaymentStatus,
    pub email: Option<String>,
}

/// The end of a slow payment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishAsyncPayment {
    pub session: String,
    pub result: AsyncPaymentResult,
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
pub struct AdvanceClock {
    pub seconds: i64,
}

/// RequestsQuery received, and how many to wait for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestsQuery {
    #[serde(default)]
    pub method: String,
    #[serde(default)]
    pub path_prefix: String,
    pub count: Option<usize>,
}
