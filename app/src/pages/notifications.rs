//! The page with a member's notifications.

use leptos::prelude::*;

use super::member_or_sign_in;
use crate::{
    components::{PageTitle, broken},
    islands::NotificationList,
    ports::{Ports, Viewer},
};

/// The list.
#[component]
pub fn NotificationsPage() -> impl IntoView {
    let ports = Ports::current();
    member_or_sign_in(&Viewer::current(), &ports)?;
    let list = Suspend::new(async move {
        match ports.notifications.list().await {
            Ok(notifications) => view! { <NotificationList notifications /> }.into_any(),
            Err(_) => broken(&ports),
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
