//! The home page of a platform brand.

use leptos::prelude::*;
use leptos_meta::Meta;

use crate::{components::PageTitle, ports::Viewer};

/// Name and tagline.
#[component]
pub fn LandingPage() -> impl IntoView {
    let site = Viewer::current().site;
    view! {
        <PageTitle title="" />
        <Meta name="description" content=site.tagline.clone() />
        <section class="hero hero-landing">
            <div class="hero-inner">
                <h1 class="hero-name">{site.name}</h1>
                <p class="hero-tagline">{site.tagline}</p>
            </div>
        </section>
    }
}
