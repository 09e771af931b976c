//! A page of a platform brand.

use leptos::prelude::*;

use crate::components::PageTitle;

/// To be filled.
#[component]
pub fn PricingPage() -> impl IntoView {
    view! { <PageTitle title="Pricing" /> }
}
