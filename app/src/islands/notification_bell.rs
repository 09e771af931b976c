//! The bell in the header: the number of unread notifications, and a toast for each new one.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use domain::notification::Notification;
use leptos::{prelude::*, serde_json};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent, VisibilityState, js_sys::Function};

use super::{
    events::{announce_change, announce_console_change, on_unread},
    icon::{Icon, icon},
    live_text::LiveText,
};
use crate::types::NotificationUpdate;

/// How many toasts stand at once. The bell counts all that is unread.
const AT_ONCE: usize = 3;
/// How often a stream that the browser gave up is opened again. It does so when a proxy answers in the server's
/// place, as while a new version starts.
const TRY_AGAIN: Duration = Duration::from_secs(60);

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
            {icon(Icon::Bell)}
            <span class="bell-count" hidden=move || count.get() == 0>
                {move || LiveText(count.get().to_string())}
            </span>
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
    // What changed while the stream was closed is not told afterwards, so all is read again.
    let was_open = Cell::new(false);
    let opened = function(move |_| {
        if was_open.replace(true) {
            announce_change();
        }
    });
    let open = move || {
        let stream = EventSource::new("/notifications/stream").ok()?;
        let _ = stream.add_event_listener_with_callback("news", &handle);
        let _ = stream.add_event_listener_with_callback("change", &changed);
        let _ = stream.add_event_listener_with_callback("open", &opened);
        Some(stream)
    };
    let stream = RefCell::new(None::<EventSource>);
    let connect = function(move |_| {
        let mut stream = stream.borrow_mut();
        let visible = document().visibility_state() == VisibilityState::Visible;
        match stream.take() {
            Some(old) if visible && old.ready_state() != EventSource::CLOSED => *stream = Some(old),
            Some(old) if !visible => old.close(),
            _ if visible => *stream = open(),
            _ => {}
        }
    });
    let _ = connect.call0(&connect);
    document().set_onvisibilitychange(Some(&connect));
    let reconnect = move || {
        let _ = connect.call0(&connect);
    };
    set_interval(reconnect.clone(), TRY_AGAIN);
    let online = function(move |_| {
        reconnect();
        announce_change();
    });
    let _ = window().add_event_listener_with_callback("online", &online);
}

fn show(update: NotificationUpdate, count: RwSignal<u32>, arrived: RwSignal<Vec<Notification>>) {
    if update.arrived.is_none() && update.unread == count.get_untracked() {
        return;
    }
    count.set(update.unread);
    arrived.update(|all| add(all, update.arrived));
    announce_change();
}

/// Adds what arrived, unless it is there. If they are too many, the oldest give way.
fn add(all: &mut Vec<Notification>, new: Option<Notification>) {
    let new = new.filter(|new| all.iter().all(|one| one.id != new.id));
    all.extend(new);
    let surplus = all.len().saturating_sub(AT_ONCE);
    all.drain(..surplus);
}

fn function(call: impl Fn(MessageEvent) + 'static) -> Function {
    Closure::<dyn Fn(MessageEvent)>::new(call)
        .into_js_value()
        .unchecked_into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_toasts_the_newest_stand_each_once() {
        let new = |id| {
            Some(Notification {
                id,
                text: String::new(),
                read: false,
                sent_on: String::new(),
                sent_at: String::new(),
            })
        };
        let mut all = Vec::new();
        for id in [1, 2, 2, 3] {
            add(&mut all, new(id));
        }
        let ids = |all: &[Notification]| all.iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(ids(&all), [1, 2, 3]);
        add(&mut all, new(4));
        add(&mut all, None);
        assert_eq!(ids(&all), [2, 3, 4]);
    }
}
