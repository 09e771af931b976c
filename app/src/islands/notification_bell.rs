//! The bell in the header: the number of unread notifications, and a toast for each new one.

use std::cell::RefCell;

use domain::notification::Notification;
use leptos::{prelude::*, serde_json};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent, VisibilityState, js_sys::Function};

use super::events::{announce_change, announce_console_change, on_unread};
use crate::types::NotificationUpdate;

/// The count, with a link to the list, and the toasts.
#[island]
pub fn NotificationBell(unread: u32) -> impl IntoView {
    let count = RwSignal::new(unread);
    let arrived = RwSignal::new(Vec::<Notification>::new());
    on_unread(move |now| count.set(now));
    Effect::new(move || listen(count, arrived));
    let label = move || match count.get() {
        0 => "Notifications".to_owned(),
        many => format!("Notifications, {many} unread"),
    };
    view! {
        <a class="bell" href="/notifications" aria-label=label>
            <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
                <path d="M6 9a6 6 0 1 1 12 0c0 6 2.5 7 2.5 7h-17S6 15 6 9m4 11a2.2 2.2 0 0 0 4 0" />
            </svg>
            <span class="bell-count" hidden=move || count.get() == 0>{count}</span>
        </a>
        <div class="toasts" role="status">
            <For each=move || arrived.get() key=|one| one.id let:one>
                <div class="toast">
                    <a href="/notifications">{one.text}</a>
                    <button
                        type="button"
                        aria-label="Dismiss"
                        on:click=move |_| arrived.update(|all| all.retain(|other| other.id != one.id))
                    >
                        "×"
                    </button>
                </div>
            </For>
        </div>
    }
}

/// Keeps one stream open while the page is visible. A browser opens only six connections to a host,
/// so streams of hidden tabs would block the site.
fn listen(count: RwSignal<u32>, arrived: RwSignal<Vec<Notification>>) {
    let handle = function(move |event: MessageEvent| {
        let data = event.data().as_string().unwrap_or_default();
        if let Ok(update) = serde_json::from_str(&data) {
            show(update, count, arrived);
        }
    });
    // What changed for a member alone, or for the admins, in their console.
    let changed = function(|event| match event.data().as_string().as_deref() {
        Some("member") => announce_change(),
        _ => announce_console_change(),
    });
    let open = move || {
        let stream = EventSource::new("/notifications/stream").ok()?;
        let _ = stream.add_event_listener_with_callback("news", &handle);
        let _ = stream.add_event_listener_with_callback("change", &changed);
        Some(stream)
    };
    let stream = RefCell::new(None::<EventSource>);
    let connect = function(move |_| {
        let mut stream = stream.borrow_mut();
        let visible = document().visibility_state() == VisibilityState::Visible;
        match stream.take() {
            Some(old) if visible => *stream = Some(old),
            Some(old) => old.close(),
            None if visible => *stream = open(),
            None => {}
        }
    });
    let _ = connect.call0(&connect);
    document().set_onvisibilitychange(Some(&connect));
}

fn show(update: NotificationUpdate, count: RwSignal<u32>, arrived: RwSignal<Vec<Notification>>) {
    if update.arrived.is_none() && update.unread == count.get_untracked() {
        return;
    }
    count.set(update.unread);
    arrived.update(|all| {
        let new = update
            .arrived
            .filter(|new| all.iter().all(|one| one.id != new.id));
        all.extend(new);
    });
    announce_change();
}

fn function(call: impl Fn(MessageEvent) + 'static) -> Function {
    Closure::<dyn Fn(MessageEvent)>::new(call)
        .into_js_value()
        .unchecked_into()
}
