//! A page of a platform brand.

use leptos::prelude::*;

use crate::components::PageTitle;

/// To be filled.
#[component]
pub fn ThankYouPage() -> impl IntoView {
    view! { <PageTitle title="Thank_you" /> }
}
