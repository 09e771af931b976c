//! What is kept under an idempotency key.

use serde::{Deserialize, Serialize};

use crate::form::Pairs;

/// An answer as it went out.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct StoredResponse {
    pub status: u16,
    pub body: String,
    pub request_id: String,
}

/// What is known under a key.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct IdempotencyRecord {
    pub path: String,
    pub params: Pairs,
    pub created: i64,
    /// `None` while the first call is in progress.
    #[serde(rename = "answer")]
    pub response: Option<StoredResponse>,
}
