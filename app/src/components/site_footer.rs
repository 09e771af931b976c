//! The footer of every page.

use domain::account::SiteKind;
use leptos::prelude::*;

use super::section_label;
use crate::types::SiteBrand;

/// The site's name, and links to its products.
#[component]
pub fn SiteFooter(site: SiteBrand) -> impl IntoView {
    let places: Vec<_> = match site.kind {
        SiteKind::Tenant => domain::purchase::ProductKind::ALL
            .map(|kind| (format!("/{}", kind.section()), section_label(kind)))
            .to_vec(),
        SiteKind::Platform => vec![("/pricing".to_owned(), "Pricing")],
    };
    let links = places
        .into_iter()
        .map(|(to, label)| view! { <li><a href=to>{label}</a></li> });
    view! {
        <footer class="site-footer">
            <div class="site-footer-inner">
                <p class="site-footer-name">{site.name}</p>
                <ul class="site-footer-links">{links.collect_view()}</ul>
            </div>
        </footer>
    }
}
