//! A call before it is executed.

use tokio::sync::watch::Receiver;

use crate::{
    authentication::Scope, error::StripeError, form::Pairs, store::idempotency::StoredResponse,
    types::Fault,
};

/// A call, as far as it was understood at the gate.
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
    /// What an idempotency key is known by. Stripe does not say whether it knows one again that comes
    /// under another secret key of the account; here it does not.
    pub fn idempotency_record_name(&self, key: &str) -> String {
        format!("{} {key}", self.secret_key.as_deref().unwrap_or_default())
    }
}

/// PaymentStatus a call goes on.
pub struct Handling {
    pub fault: Option<Fault>,
    /// An earlier answer under the key, or why the key cannot be used.
    pub stored_response: Result<Option<StoredResponse>, StripeError>,
    pub release_signal: Receiver<u64>,
    pub generation: u64,
}
