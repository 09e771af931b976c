//! The list of a member's notifications.

use domain::notification::Notification;
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn, task::spawn_local};

use crate::{
    islands::{
        any_view::IntoAnyView,
        call::ask,
        events::{announce_unread, on_change},
        focus::{focused, keep_focus},
        form::{FormErrors, FormState, leave_for},
    },
    server_fns::{ListNotifications, MarkAllNotificationsRead, MarkNotificationRead},
};

/// The id of the list.
const LIST: &str = "notifications";

/// Newest first. Each can be marked as read, or all at once.
#[island]
pub fn NotificationList(
    /// The list when the page was rendered.
    notifications: Vec<Notification>,
    /// A refusal from a form that was sent without JavaScript.
    refusal: domain::forms::Refusal,
    /// The member can refer friends: the program is on.
    can_refer: bool,
) -> impl IntoView {
    let notifications = RwSignal::new(notifications);
    let state = FormState::new(refusal);
    // `pressed` is the id of the button that is gone afterward; its row or the list takes the focus.
    let reload = move |pressed: String| {
        spawn_local(async move {
            if let Ok(fresh) = ask::<ListNotifications>(&[]).await {
                announce_unread(unread(&fresh));
                notifications.set(fresh);
                if !pressed.is_empty() {
                    keep_focus(vec![pressed, LIST.to_owned()]);
                }
            }
            state.busy.set(false);
        });
    };
    on_change(move || reload(String::new()));
    let send = move |event| {
        let pressed = focused();
        state.submit_with(event, move |path| {
            if path.starts_with("/notifications") {
                reload(pressed)
            } else {
                leave_for(path)
            }
        });
    };
    view! {
        <FormErrors state />
        <Show when=move || notifications.with(|all| unread(all) > 0)>
            <form
                class="notifications-all"
                method="post"
                action=MarkAllNotificationsRead::PATH
                on:submit=send
            >
                <button
                    id="mark-all"
                    type="submit"
                    class="button"
                >
                    "Mark all as read"
                </button>
            </form>
        </Show>
        <ul class="notifications" id=LIST tabindex="-1">
            <For
                each=move || notifications.get()
                key=|one| (one.id, one.read)
                children=move |one| item(one, send)
            />
        </ul>
        <Show when=move || notifications.with(Vec::is_empty)>
            <div class="empty">
                <p class="empty-title">"No notifications yet"</p>
                {match can_refer {
                    true => view! {
                        <p>"When a friend you referred makes a first purchase, you are notified here."</p>
                        <a class="button" href="/dashboard#refer">"Refer a Friend"</a>
                    }
                    .into_any_view(),
                    false => view! { <p>"News about your account and your credit appears here."</p> }
                        .into_any_view(),
                }}
            </div>
        </Show>
    }
}

fn unread(notifications: &[Notification]) -> u32 {
    notifications.iter().filter(|one| !one.read).count() as u32
}

fn item(one: Notification, read: impl Fn(SubmitEvent) + 'static) -> impl IntoView {
    // The row has the id once the button is gone, so that the focus stays there.
    let id = format!("notification-{}", one.id);
    let (row, button) = match one.read {
        true => (Some(id), None),
        false => (None, Some(id)),
    };
    let mark = button.map(|button| {
        view! {
            <form method="post" action=MarkNotificationRead::PATH on:submit=read>
                <input type="hidden" name="id" value=one.id.to_string() />
                <button id=button type="submit" class="button button-quiet">"Mark as read"</button>
            </form>
        }
    });
    view! {
        <li id=row class="notification" class:is-unread=!one.read tabindex="-1">
            <div>
                <p class="notification-text">{one.text}</p>
                <time class="notification-time" datetime=one.sent_at>{one.sent_on}</time>
            </div>
            {mark}
        </li>
    }
}
