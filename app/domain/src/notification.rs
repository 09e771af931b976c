//! A notification to a member.

use serde::{Deserialize, Serialize};

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Our id.
    pub id: i64,
    /// `You earned a $10.00 credit from your referral`.
    pub text: String,
    /// Already read.
    pub read: bool,
    /// `November 22, 2026, 14:05 UTC`.
    pub sent_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub sent_at: String,
}
