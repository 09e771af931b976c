//! A part of a page that only the server renders, and that follows what happens while the page is open. It is a script,
//! because the WebAssembly has a budget.

use leptos::prelude::*;

use super::page_script;

/// The part. A page has one.
#[component]
pub fn LivePart(children: Children) -> impl IntoView {
    view! {
        {page_script("live")}
        <div id="live" data-live>{children()}</div>
    }
}
