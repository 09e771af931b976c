//! Admin > Members: finding somebody.

use leptos::prelude::*;

use crate::components::AdminPage;

/// Admin > Members: finding somebody.
#[component]
pub fn MembersPage() -> impl IntoView {
    view! { <AdminPage title="Members">""</AdminPage> }
}
