//! Admin > Catalogue: every product.

use leptos::prelude::*;

use crate::components::AdminPage;

/// Admin > Catalogue: every product.
#[component]
pub fn CataloguePage() -> impl IntoView {
    view! { <AdminPage title="Catalogue">""</AdminPage> }
}
