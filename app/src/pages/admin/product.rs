//! The form that adds or changes a product.

use leptos::prelude::*;

use crate::components::AdminPage;

/// The form that adds or changes a product.
#[component]
pub fn ProductFormPage() -> impl IntoView {
    view! { <AdminPage title="Product">""</AdminPage> }
}
