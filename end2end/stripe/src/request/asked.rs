//! A call before it is executed.

use tokio::sync::watch::Receiver;

use crate::{account::Scope, books::kept::Answer, error::StripeError, form::Pairs, types::Fault};

/// A call, as far as it was understood at the gate.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub pairs: Pairs,
    pub scope: Result<Scope, StripeError>,
    pub idempotency_key: Option<String>,
    pub request_id: String,
    pub secret_key: Option<String>,
}

impl Asked {
    /// What an idempotency key is known by. Stripe does not say whether it knows one again that comes
    /// under another secret key of the account; here it does not.
    pub fn known_as(&self, key: &str) -> String {
        format!("{} {key}", self.secret_key.as_deref().unwrap_or_default())
    }
}

/// How a call goes on.
pub struct Course {
    pub fault: Option<Fault>,
    /// An earlier answer under the key, or why the key cannot be used.
    pub begun: Result<Option<Answer>, StripeError>,
    pub released: Receiver<u64>,
    pub era: u64,
}
