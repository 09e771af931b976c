//! An empty state: what is not there, and what to do next.

use leptos::prelude::*;

/// A quiet box with a title and a next step.
#[component]
pub fn Empty(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
}
