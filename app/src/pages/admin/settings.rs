//! Admin > Site Settings: the Payments tab and the audit log.

use leptos::prelude::*;

use crate::components::AdminPage;

/// Admin > Site Settings: the Payments tab and the audit log.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! { <AdminPage title="Site Settings">""</AdminPage> }
}
