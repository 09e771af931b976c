//! A notification to a member as pages show it.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    pub id: i64,
    /// For instance `You earned a $10.00 credit from your referral`.
    pub text: String,
    pub read: bool,
    /// For people: `November 22, 2026, 14:05 UTC`.
    pub sent_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub sent_at: String,
}
