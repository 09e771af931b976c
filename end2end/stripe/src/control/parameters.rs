//! Parameters of the control API that have no type in `types`.

use serde::Deserialize;

use crate::types::{AsyncPaymentResult, PaymentStatus, ReleaseOrder};

/// A store, by its secret key and connected account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreName {
    pub secret_key: String,
    pub account: Option<String>,
}

/// Adds a further secret key to an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddKey {
    pub of: String,
    pub secret_key: String,
}

/// A webhook endpoint, by its key and URL.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointName {
    pub secret_key: String,
    pub url: String,
}

/// Releases held deliveries in an order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseDeliveries {
    pub secret_key: String,
    #[serde(default)]
    pub order: ReleaseOrder,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventId {
    pub event: String,
}

/// Which deliveries to wait for, and how many. `answered` is `2xx` (the default) or `any`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    pub secret_key: String,
    pub event: String,
    pub count: Option<usize>,
    pub answered: Option<String>,
}

/// Completes a session.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompleteSession {
    pub session: String,
    pub how: PaymentStatus,
    pub email: Option<String>,
    /// The name of the card, which decides its fingerprint; `None` is the buyer's own.
    pub card: Option<String>,
}

/// Ends an asynchronous payment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishAsyncPayment {
    pub session: String,
    pub result: AsyncPaymentResult,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionId {
    pub session: String,
}

/// Moves the clock forward.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvanceClock {
    pub seconds: i64,
}

/// Which received requests to return, and how many to wait for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestsQuery {
    #[serde(default)]
    pub method: String,
    #[serde(default)]
    pub path_prefix: String,
    pub count: Option<usize>,
}
