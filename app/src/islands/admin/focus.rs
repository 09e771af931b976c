//! Where the focus goes when what had it is gone.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Gives the focus to the element `id`; `false` if there is none that can be seen.
pub fn focus(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else {
        return false;
    };
    let hidden = !matches!(element.closest("[hidden]"), Ok(None));
    !hidden && element.unchecked_ref::<HtmlElement>().focus().is_ok()
}

/// The id of what has the focus; empty where it has none.
pub fn focused() -> String {
    document()
        .active_element()
        .map(|element| element.id())
        .unwrap_or_default()
}

/// Looks, once the page has changed, whether the focus is still somewhere. If not, the first of
/// `ids` that is there takes it.
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
