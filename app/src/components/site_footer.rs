//! The foot of every page.

use leptos::prelude::*;

use super::section_label;
use crate::types::{SiteBrand, SiteKind};

/// The site's name, and on a tenant's site the way to its catalogue.
#[component]
pub fn SiteFooter(site: SiteBrand) -> impl IntoView {
    let sections = (site.kind == SiteKind::Tenant).then(|| {
        let links = domain::ProductKind::ALL.map(|kind| {
            view! { <li><a href=format!("/{}", kind.section())>{section_label(kind)}</a></li> }
        });
        view! { <ul class="site-footer-links">{links}</ul> }
    });
    view! {
        <footer class="site-footer">
            <div class="site-footer-inner">
                <p class="site-footer-name">{site.name}</p>
                {sections}
            </div>
        </footer>
    }
}
