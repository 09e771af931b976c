//! How a notification comes to a browser that looks.

use domain::notification::Notification;
use serde::{Deserialize, Serialize};

/// What a browser that looks is told: when it begins to look, whenever a notification arrives, and
/// when one may have been missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// How many notifications are unread now, the arrived one among them.
    pub unread: u32,
    /// What arrived.
    pub arrived: Option<Notification>,
}
