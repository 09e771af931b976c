//! A request to the API before it is executed.

use tokio::sync::watch::Receiver;

use crate::{
    authentication::Scope, error::StripeError, form::Pairs, store::idempotency::StoredResponse,
    types::Fault,
};

/// A parsed request with its authentication result.
pub struct ApiRequest {
    pub method: String,
    pub path: String,
    pub pairs: Pairs,
    pub scope: Result<Scope, StripeError>,
    pub idempotency_key: Option<String>,
    pub request_id: String,
    pub secret_key: Option<String>,
}

impl ApiRequest {
    /// The name of an idempotency key in the store. Stripe does not document whether a key is also
    /// recognized under another secret key of the account; here it is not.
    pub fn idempotency_record_name(&self, key: &str) -> String {
        format!("{} {key}", self.secret_key.as_deref().unwrap_or_default())
    }
}

/// How a request is to be handled, decided when it is received.
pub struct Handling {
    pub fault: Option<Fault>,
    /// The response that is stored under the idempotency key, or why the key cannot be used.
    pub stored_response: Result<Option<StoredResponse>, StripeError>,
    pub release_signal: Receiver<u64>,
    pub generation: u64,
}
