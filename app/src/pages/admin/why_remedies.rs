//! What can be done where somebody got nothing.

use leptos::prelude::*;

use crate::types::admin::WhyRemedy;

/// A line for each, with the way to it where there is one.
pub fn remedies(remedies: Vec<WhyRemedy>) -> impl IntoView {
    remedies.into_iter().map(remedy).collect_view()
}

fn remedy(remedy: WhyRemedy) -> impl IntoView {
    let label = remedy.label;
    match remedy.path {
        Some(path) => view! { <p class="story-reason"><a href=path>{label}</a></p> }.into_any(),
        None => view! { <p class="story-reason">{label}</p> }.into_any(),
    }
}
