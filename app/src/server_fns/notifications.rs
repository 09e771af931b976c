//! The signed-in member's notifications.

use domain::notification::Notification;
use leptos::prelude::*;

use crate::types::Outcome;

/// Newest first.
#[server(name = ListNotifications, endpoint = "notifications")]
pub async fn list_notifications() -> Result<Vec<Notification>, ServerFnError> {
    crate::ports::Ports::current()
        .notifications
        .list()
        .await
        .map_err(|_| super::answer::internal_error())
}

#[server(endpoint = "mark_notification_read")]
pub async fn mark_notification_read(
    #[server(default)] id: String,
) -> Result<Outcome, ServerFnError> {
    /// No row has this id, so an id that is not a number marks nothing.
    const NO_NOTIFICATION: i64 = 0;
    let id = id.parse().unwrap_or(NO_NOTIFICATION);
    let outcome = crate::ports::Ports::current()
        .notifications
        .mark_read(id)
        .await;
    super::answer::answer("mark_notification_read", "/notifications", &[], outcome).await
}

#[server(endpoint = "mark_all_notifications_read")]
pub async fn mark_all_notifications_read() -> Result<Outcome, ServerFnError> {
    let outcome = crate::ports::Ports::current()
        .notifications
        .mark_all_read()
        .await;
    super::answer::answer(
        "mark_all_notifications_read",
        "/notifications",
        &[],
        outcome,
    )
    .await
}
