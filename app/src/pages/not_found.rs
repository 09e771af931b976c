//! The page for an address that does not exist (status 404).

use leptos::prelude::*;

use crate::{
    components::{Empty, PageTitle},
    ports::Ports,
};

#[component]
pub fn NotFoundPage() -> impl IntoView {
    not_found(&Ports::current())
}

/// The same, for a page whose row does not exist.
pub fn not_found(ports: &Ports) -> AnyView {
    ports.response.status(404);
    view! {
        <PageTitle title="Page not found" />
        <div class="page page-narrow">
            <h1 class="page-title">"Page not found"</h1>
            <Empty title="There is nothing at this address">
                <p>"It may have moved, or the link may have a typo."</p>
                <a class="button" href="/">"Go to the home page"</a>
            </Empty>
        </div>
    }
    .into_any()
}
