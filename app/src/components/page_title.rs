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
    view! { <Title text=escaped(&text) /> }
}

/// Leptos writes the title into the page as it is, and a product may be called `</title>`.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_ends_before_its_end() {
        assert_eq!(
            escaped("Q&A </title><script>"),
            "Q&amp;A &lt;/title&gt;&lt;script&gt;"
        );
    }
}
