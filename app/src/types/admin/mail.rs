//! Mails that could not be delivered.

use serde::{Deserialize, Serialize};

/// A mail that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedMail {
    pub id: i64,
    pub subject: String,
    /// The recipient's address.
    pub to: String,
    /// The member to whom it was addressed, if there is one.
    pub member_id: Option<i64>,
    /// The mail server's words.
    pub error: String,
    /// `Nov 22, 2026, 2:05 PM EST`.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
}
