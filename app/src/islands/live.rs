//! How islands tell one another: each wakes on its own, so news travels as an event of the window.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit};

/// Something new about the member: read again what you show.
const NEWS: &str = "pewpros:news";
/// A sentence for the person.
const SAID: &str = "pewpros:said";
/// How many notifications are unread now.
const UNREAD: &str = "pewpros:unread";

/// Says `sentence` to the person, in a toast; with an empty one the toast goes.
pub fn say(sentence: &str) {
    tell(SAID, &sentence.into());
}

/// Calls `hear` with every sentence for the person.
pub fn on_said(hear: impl Fn(String) + Clone + 'static) {
    on(SAID, move |detail| {
        hear(detail.as_string().unwrap_or_default());
    });
}

/// Says that there is something new.
pub fn tell_news() {
    tell(NEWS, &JsValue::NULL);
}

/// Calls `hear` whenever there is something new.
pub fn on_news(hear: impl Fn() + Clone + 'static) {
    on(NEWS, move |_| hear());
}

/// Says how many notifications are unread.
pub fn tell_unread(count: u32) {
    tell(UNREAD, &count.into());
}

/// Calls `hear` with the number of unread notifications whenever it was counted.
pub fn on_unread(hear: impl Fn(u32) + Clone + 'static) {
    on(UNREAD, move |detail| {
        hear(detail.as_f64().unwrap_or_default() as u32);
    });
}

fn tell(event: &str, detail: &JsValue) {
    let init = CustomEventInit::new();
    init.set_detail(detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(event, &init) {
        let _ = window().dispatch_event(&event);
    }
}

fn on(event: &'static str, hear: impl Fn(JsValue) + Clone + 'static) {
    // Effects run in the browser alone; the server has no window to listen to.
    Effect::new(move || {
        let hear = hear.clone();
        window_event_listener_untyped(event, move |event| {
            hear(event.unchecked_ref::<CustomEvent>().detail());
        });
    });
}
