//! The style of a page. A page that is opened from elsewhere has the rules in itself, so that it is painted after one
//! round trip; the pages after it link the style sheet, which the browser fetches meanwhile.

use std::{borrow::Cow, fs, sync::OnceLock};

use leptos::{prelude::*, tachys::html::InertElement};

use super::scripts::{entry, nonce};
use crate::{components::site_file, ports::Viewer};

/// The rules, or the links to the style sheet and to the site's own accent. Pages of the console have a style sheet of
/// their own, which is always linked.
pub fn style(options: &LeptosOptions, viewer: Option<&Viewer>) -> InertElement {
    let is_console = viewer.is_some_and(Viewer::is_in_console);
    let sheet = site_file(options, &entry(options, is_console).output_name, "css");
    let accent = viewer.and_then(|viewer| viewer.site.accent_style.as_deref());
    let first = viewer.and_then(|viewer| viewer.first_page.as_ref());
    let rules = first.filter(|_| !is_console).and_then(|first| {
        let accent = first.accent.as_deref().unwrap_or_default();
        Some(format!("{}{accent}", rules(options, &sheet)?))
    });
    InertElement::new(match rules {
        Some(rules) => inlined(&rules, &nonce(), &sheet, accent),
        None => linked(&sheet, accent),
    })
}

fn inlined(rules: &str, nonce: &str, sheet: &str, accent: Option<&str>) -> String {
    let fetched: String = [Some(sheet), accent]
        .into_iter()
        .flatten()
        .map(|address| format!("<link rel=\"prefetch\" as=\"style\" href=\"{address}\">"))
        .collect();
    format!("<style nonce=\"{nonce}\">{rules}</style>{fetched}")
}

fn linked(sheet: &str, accent: Option<&str>) -> String {
    let sheet = format!("<link id=\"style\" rel=\"stylesheet\" href=\"{sheet}\">");
    let accent = accent.map(|address| format!("<link rel=\"stylesheet\" href=\"{address}\">"));
    sheet + accent.as_deref().unwrap_or_default()
}

/// What is in the style sheet of all pages but the console's; `None` if there is no such file. A release reads it once;
/// a development build reads it for every page, since `cargo xtask dev` replaces it.
fn rules(options: &LeptosOptions, sheet: &str) -> Option<Cow<'static, str>> {
    static READ: OnceLock<Option<String>> = OnceLock::new();
    let read = || fs::read_to_string(format!("{}{sheet}", options.site_root)).ok();
    match cfg!(debug_assertions) {
        true => read().map(Cow::Owned),
        false => READ.get_or_init(read).as_deref().map(Cow::Borrowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inlined_is_fetched_for_the_next_page() {
        let accent = Some("/site/accent.css?b4451f");
        assert_eq!(
            inlined("p{margin:0}", "n", "/pkg/pewpros.1.css", accent),
            "<style nonce=\"n\">p{margin:0}</style>\
             <link rel=\"prefetch\" as=\"style\" href=\"/pkg/pewpros.1.css\">\
             <link rel=\"prefetch\" as=\"style\" href=\"/site/accent.css?b4451f\">"
        );
        assert_eq!(
            linked("/pkg/pewpros.1.css", accent),
            "<link id=\"style\" rel=\"stylesheet\" href=\"/pkg/pewpros.1.css\">\
             <link rel=\"stylesheet\" href=\"/site/accent.css?b4451f\">"
        );
    }
}
