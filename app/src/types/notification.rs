//! What the notification stream sends to a browser.

use domain::notification::Notification;
use serde::{Deserialize, Serialize};

/// Sent when the stream opens, whenever a notification arrives, and when one may have been missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationUpdate {
    /// How many notifications are unread now, including this one.
    pub unread: u32,
    /// The new notification, if there is one.
    pub arrived: Option<Notification>,
}
