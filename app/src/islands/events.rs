//! Events of the window that connect islands: each island hydrates alone and cannot reach another's
//! signals.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit};

/// Something that pages show has changed at the server.
const CHANGE: &str = "pewpros:change";
/// A sentence for a toast.
const TOAST: &str = "pewpros:toast";
/// A call got no answer from the site.
const UNREACHABLE: &str = "pewpros:unreachable";
/// The number of unread notifications.
const UNREAD: &str = "pewpros:unread";

/// Shows `sentence` in a toast. An empty one removes the toast that is there.
pub fn show_toast(sentence: &str) {
    dispatch(TOAST, &sentence.into());
}

/// Calls `handle` with the sentence of every toast.
pub fn on_toast(handle: impl Fn(String) + Clone + 'static) {
    listen(TOAST, move |detail| {
        handle(detail.as_string().unwrap_or_default());
    });
}

/// Says that a call got no answer. `frontend/scripts/states.js` then says that the page may be out of date.
pub fn announce_unreachable() {
    dispatch(UNREACHABLE, &JsValue::NULL);
}

/// Asks all islands to read again what they show.
pub fn announce_change() {
    dispatch(CHANGE, &JsValue::NULL);
}

/// Calls `handle` whenever what the island shows may have changed at the server.
pub fn on_change(handle: impl Fn() + Clone + 'static) {
    listen(CHANGE, move |_| handle());
}

/// Says that a referral or an order of the admin's program changed, which asks all islands to read
/// again what they show.
pub fn announce_console_change() {
    dispatch(CHANGE, &JsValue::TRUE);
}

/// Calls `handle` whenever a referral or an order of the admin's program changed.
#[cfg(any(feature = "ssr", feature = "console"))]
pub fn on_console_change(handle: impl Fn() + Clone + 'static) {
    let told = move |detail: JsValue| {
        if detail.is_truthy() {
            handle();
        }
    };
    listen(CHANGE, told);
}

/// Says how many notifications are unread.
#[cfg(any(feature = "ssr", not(feature = "console")))]
pub fn announce_unread(count: u32) {
    dispatch(UNREAD, &count.into());
}

/// Calls `handle` with the number of unread notifications whenever another island has counted them.
pub fn on_unread(handle: impl Fn(u32) + Clone + 'static) {
    listen(UNREAD, move |detail| {
        handle(detail.as_f64().unwrap_or_default() as u32);
    });
}

fn dispatch(event: &str, detail: &JsValue) {
    let init = CustomEventInit::new();
    init.set_detail(detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(event, &init) {
        let _ = window().dispatch_event(&event);
    }
}

fn listen(event: &'static str, handle: impl Fn(JsValue) + Clone + 'static) {
    // Effects run in the browser alone; on the server there is no window.
    Effect::new(move || {
        let handle = handle.clone();
        window_event_listener_untyped(event, move |event| {
            handle(event.unchecked_ref::<CustomEvent>().detail());
        });
    });
}
