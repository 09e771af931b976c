//! Converts notification rows for pages.

use domain::notification::Notification;
use server_core::dates;
use store::entities::notification;

pub fn view(row: &notification::Model) -> Notification {
    Notification {
        id: row.id.get(),
        text: row.text.clone(),
        read: row.read_at.is_some(),
        sent_on: dates::minute(row.created_at),
        sent_at: dates::iso(row.created_at),
    }
}
