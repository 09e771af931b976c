//! What the notification stream sends to a browser.

use domain::notification::Notification;
use serde::{Deserialize, Serialize};

/// The data of the stream's event `change`: a referral or an order of the admin's program changed.
pub const CONSOLE: &str = "console";

/// Sent when the stream opens, whenever a notification arrives, and when one may have been missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationUpdate {
    /// How many notifications are unread now, including this one.
    pub unread: u32,
    /// The new notification, if there is one.
    pub arrived: Option<Notification>,
}
