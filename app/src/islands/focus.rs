//! Moving the focus when the element that had it disappears.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Gives the focus to the element `id`; `false` if there is none or it is hidden.
pub fn focus(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else {
        return false;
    };
    let hidden = !matches!(element.closest("[hidden]"), Ok(None));
    !hidden && element.unchecked_ref::<HtmlElement>().focus().is_ok()
}

/// The id of the element that has the focus; empty if it has no id.
pub fn focused() -> String {
    document()
        .active_element()
        .map(|element| element.id())
        .unwrap_or_default()
}

/// Checks after the next change of the page whether the focus got lost. If so, the first visible
/// element of `ids` takes it.
pub fn keep_focus(ids: Vec<String>) {
    request_animation_frame(move || {
        let lost = document().active_element().is_none_or(|element| {
            element.tag_name() == "BODY" || !matches!(element.closest("[hidden]"), Ok(None))
        });
        if lost {
            let _ = ids.iter().any(|id| focus(id));
        }
    });
}
