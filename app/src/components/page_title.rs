//! The title of a page, as tabs and search results show it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ports::Viewer;

/// `Events · Detroit Arms`; the site's name alone where `title` is empty.
#[component]
pub fn PageTitle(#[prop(into)] title: String) -> impl IntoView {
    let site = Viewer::current().site.name;
    let text = if title.is_empty() {
        site
    } else {
        format!("{title} · {site}")
    };
    view! { <Title text /> }
}
