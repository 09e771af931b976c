//! What the store keeps for an idempotency key.

use serde::{Deserialize, Serialize};

use crate::form::Pairs;

/// A response as it was sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct StoredResponse {
    pub status: u16,
    pub body: String,
    pub request_id: String,
}

/// The first request under an idempotency key, and its response.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct IdempotencyRecord {
    pub path: String,
    pub params: Pairs,
    pub created: i64,
    /// `None` while the first request is running.
    #[serde(rename = "answer")]
    pub response: Option<StoredResponse>,
}
