//! The link to a table as a file, with the filter of the page.

use leptos::prelude::*;

/// The link to the file at `path`. The page is not left, so the browser tells it as the one that asks.
pub fn csv_link(path: &str, query: &str) -> impl IntoView + use<> {
    let href = match query {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    };
    view! {
        <p><a class="button button-quiet" href=href download rel="external">"Download as CSV"</a></p>
    }
}
