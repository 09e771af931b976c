//! The list of a member's notifications.

use domain::notification::Notification;
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{
    call::ask,
    events::{announce_unread, on_change},
    form::{FormErrors, FormState, SubmitButton, leave_for},
};
use crate::server_fns::{ListNotifications, MarkAllNotificationsRead, MarkNotificationRead};

/// Newest first. Each can be marked as read, or all at once.
#[island]
pub fn NotificationList(
    /// The list when the page was rendered.
    notifications: Vec<Notification>,
    /// A refusal from a form that was sent without JavaScript.
    refusal: domain::forms::Refusal,
) -> impl IntoView {
    let notifications = RwSignal::new(notifications);
    let state = FormState::new(refusal);
    let reload = move || {
        spawn_local(async move {
            if let Ok(fresh) = ask::<ListNotifications>(&[]).await {
                announce_unread(unread(&fresh));
                notifications.set(fresh);
            }
            state.busy.set(false);
        });
    };
    on_change(reload);
    let done = move |path: &str| {
        if path.starts_with("/notifications") {
            reload()
        } else {
            leave_for(path)
        }
    };
    let send = move |event| state.submit_with(event, done);
    view! {
        <FormErrors state />
        <Show when=move || notifications.with(|all| unread(all) > 0)>
            <form
                class="notifications-all"
                method="post"
                action=MarkAllNotificationsRead::PATH
                on:submit=send
            >
                <SubmitButton
                    state
                    label="Mark all as read".to_owned()
                    busy_label="Mark all as read"
                    class="button"
                />
            </form>
        </Show>
        <ul class="notifications">
            <For
                each=move || notifications.get()
                key=|one| (one.id, one.read)
                children=move |one| item(one, send)
            />
        </ul>
        <Show when=move || notifications.with(Vec::is_empty)>
            <div class="empty">
                <p class="empty-title">"No notifications yet"</p>
                <p>
                    "When a friend you referred makes a first purchase, you are notified here."
                </p>
                <a class="button" href="/dashboard#refer">"Refer a Friend"</a>
            </div>
        </Show>
    }
}

fn unread(notifications: &[Notification]) -> u32 {
    notifications.iter().filter(|one| !one.read).count() as u32
}

fn item(one: Notification, read: impl Fn(SubmitEvent) + 'static) -> impl IntoView {
    let mark = (!one.read).then(|| {
        view! {
            <form method="post" action=MarkNotificationRead::PATH on:submit=read>
                <input type="hidden" name="id" value=one.id.to_string() />
                <button type="submit" class="button button-quiet">"Mark as read"</button>
            </form>
        }
    });
    view! {
        <li class="notification" class:is-unread=!one.read>
            <div>
                <p class="notification-text">{one.text}</p>
                <time class="notification-time" datetime=one.sent_at>{one.sent_on}</time>
            </div>
            {mark}
        </li>
    }
}
