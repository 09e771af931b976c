//! A notification to a member as pages show it.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    pub id: i64,
    /// For instance `You earned a $10.00 credit from your referral`.
    pub text: String,
    pub read: bool,
    /// For people: `Nov 22, 2026, 2:05 PM EST`.
    pub sent_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub sent_at: String,
}
