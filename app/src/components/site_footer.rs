//! The footer of every page: where the site is, when it is open, whom to write to, in which zone its
//! times are, and its terms and privacy policy.

use domain::account::SiteKind;
use leptos::prelude::*;

use super::section_label;
use crate::types::SiteBrand;

/// The site's name and contact, and links to its products.
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
    let contact = contact(&site);
    let policies = policies(&site);
    view! {
        <footer class="site-footer">
            <div class="site-footer-inner">
                <p class="site-footer-name">{site.name}</p>
                <ul class="site-footer-links">{links.collect_view()}</ul>
                {contact}
                {policies}
            </div>
        </footer>
    }
}

/// What the site says of itself, as far as it does, and the zone of its times.
fn contact(site: &SiteBrand) -> impl IntoView + use<> {
    let lines = |label: &'static str, text: &str| {
        let text = text.to_owned();
        (!text.is_empty()).then(|| {
            view! { <p class="site-footer-lines"><span class="visually-hidden">{label}</span>{text}</p> }
        })
    };
    let support = site.support_email.clone().map(|email| {
        let to = format!("mailto:{email}");
        view! { <p><a href=to>{email}</a></p> }
    });
    let zone = format!("Times are in {}.", site.time_zone.replace('_', " "));
    view! {
        <div class="site-footer-contact">
            {lines("Address: ", &site.postal_address)}
            {lines("Opening hours: ", &site.opening_hours)}
            {support}
            <p>{zone}</p>
        </div>
    }
}

/// Links to those that the site has.
fn policies(site: &SiteBrand) -> Option<impl IntoView + use<>> {
    let links = site.policies.iter().map(|policy| {
        view! { <li><a href=policy.path()>{policy.label()}</a></li> }
    });
    (!site.policies.is_empty()).then(|| {
        view! { <ul class="site-footer-links">{links.collect_view()}</ul> }
    })
}
