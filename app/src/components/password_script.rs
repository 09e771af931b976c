//! The script that puts a button beside each password field of a page, which shows what was typed. It
//! is a file of its own, because the WebAssembly has a budget.

use leptos::prelude::*;

use super::page_script;

/// The script.
pub fn password_script() -> impl IntoView {
    page_script("password")
}
