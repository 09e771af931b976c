//! The script that puts a button beside each password field of a page, which shows what was typed. It
//! is a file of its own, because the WebAssembly has a budget.

use leptos::prelude::*;

/// The script. A browser runs it once, however often a page has it.
pub fn password_script() -> impl IntoView {
    view! { <script type="module" src="/password.js"></script> }
}
