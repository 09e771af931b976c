//! Says on Admin > Orders that orders changed since the page was rendered. The list itself stays as it
//! is, so that no row moves away under the pointer.

use leptos::prelude::*;

use crate::islands::events::on_console_change;

/// Nothing, until something changes; then a link to the page itself.
#[island]
pub fn NewerOrders() -> impl IntoView {
    let changed = RwSignal::new(false);
    on_console_change(move || changed.set(true));
    view! {
        <p class="newer" role="status">
            <a class="button" href="" hidden=move || !changed.get()>
                "Orders changed. Show them"
            </a>
        </p>
    }
}
