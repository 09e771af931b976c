//! The links to the places of a site, which stand in its header, and in its menu where that is narrow.

use domain::purchase::ProductKind;
use leptos::prelude::*;

use super::section_label;

/// The sections of a tenant's catalog. The header has them, and its menu where it is narrow.
pub fn catalog(path: &str, label: &'static str) -> impl IntoView + use<> {
    let links = ProductKind::ALL.map(|kind| {
        let to = format!("/{}", kind.section());
        let here = current(path, &to);
        view! { <li><a href=to aria-current=here>{section_label(kind)}</a></li> }
    });
    view! { <nav class="site-nav" aria-label=label><ul>{links}</ul></nav> }
}

/// The pages of a brand's site.
pub fn brand_places(path: &str, label: &'static str) -> impl IntoView + use<> {
    view! {
        <nav class="site-nav" aria-label=label>
            <ul>
                <li><a href="/pricing" aria-current=current(path, "/pricing")>"Pricing"</a></li>
            </ul>
        </nav>
    }
}

/// `aria-current` of a link: the page itself, or one inside of what the link leads to.
pub fn current(path: &str, link: &str) -> Option<&'static str> {
    let inside = path
        .strip_prefix(link)
        .is_some_and(|rest| rest.starts_with('/'));
    match (path == link, inside) {
        (true, _) => Some("page"),
        (_, true) => Some("true"),
        _ => None,
    }
}
