//! An empty state: what is missing, and what to do next.

use leptos::prelude::*;

/// A box with a title; the children say what to do next.
#[component]
pub fn Empty(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
}
