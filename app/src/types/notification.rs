//! A notification to a member, and how one comes to a browser that looks.

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

/// What a browser that looks is told: when it begins to look, whenever a notification arrives, and
/// when one may have been missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// How many notifications are unread now, the arrived one among them.
    pub unread: u32,
    /// What arrived.
    pub arrived: Option<Notification>,
}
