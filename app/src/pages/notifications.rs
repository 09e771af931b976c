//! The page with the member's notifications.

use leptos::prelude::*;

use super::member_or_sign_in;
use crate::{
    components::{PageTitle, attention, internal_error},
    islands::NotificationList,
    ports::{Ports, Viewer},
};

#[component]
pub fn NotificationsPage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    member_or_sign_in(&viewer, &ports)?;
    let mut refusal = viewer.refusal("mark_notification_read");
    if refusal.message.is_none() {
        refusal = viewer.refusal("mark_all_notifications_read");
    }
    let can_refer = viewer.share_path.is_some();
    let list = Suspend::new(async move {
        let lines = ports.admin_referrals.attention().await;
        match (ports.notifications.list().await, lines) {
            (Ok(notifications), Ok(lines)) => view! {
                {attention(lines)}
                <NotificationList notifications refusal can_refer />
            }
            .into_any(),
            _ => internal_error(&ports),
        }
    });
    Some(view! {
        <PageTitle title="Notifications" />
        <div class="page page-narrow">
            <h1 class="page-title">"Notifications"</h1>
            <Suspense>{list}</Suspense>
        </div>
    })
}
