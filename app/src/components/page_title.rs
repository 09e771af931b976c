//! The title of a page, as tabs and search results show it.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ports::Viewer;

/// `Events · Detroit Arms`; only the site's name if `title` is empty.
#[component]
pub fn PageTitle(#[prop(into)] title: String) -> impl IntoView {
    let site = Viewer::current().site.name;
    let text = if title.is_empty() {
        site
    } else {
        format!("{title} · {site}")
    };
    view! { <Title text=escaped(&text) /> }
}

/// Leptos does not escape the title, and a product may be called `</title>`.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_title_is_escaped() {
        assert_eq!(
            escaped("Q&A </title><script>"),
            "Q&amp;A &lt;/title&gt;&lt;script&gt;"
        );
    }
}
