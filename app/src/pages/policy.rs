//! The site's terms and its privacy policy: the text, or the way to the site's own page.

use domain::policy::Policy;
use leptos::prelude::*;

use super::not_found;
use crate::{
    components::{LinkPreview, internal_error},
    ports::{Ports, ShownPolicy, Viewer},
};

#[component]
pub fn TermsPage() -> impl IntoView {
    page(Policy::Terms)
}

#[component]
pub fn PrivacyPage() -> impl IntoView {
    page(Policy::Privacy)
}

fn page(policy: Policy) -> impl IntoView {
    let (ports, site) = (Ports::current(), Viewer::current().site.name);
    let page = Suspend::new(async move {
        match ports.policies.shown(policy).await {
            Ok(Some(ShownPolicy::Text(text))) => article(policy, &site, &text),
            Ok(Some(ShownPolicy::Elsewhere(address))) => {
                ports.response.redirect(&address);
                ().into_any()
            }
            Ok(None) => not_found(&ports),
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

fn article(policy: Policy, site: &str, text: &str) -> AnyView {
    let title = policy.title();
    let paragraphs = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| view! { <p dir="auto">{paragraph.to_owned()}</p> })
        .collect_view();
    view! {
        <LinkPreview title description=format!("{title} of {site}.") path=policy.path() />
        <article class="page page-narrow">
            <h1 class="page-title">{title}</h1>
            <div class="policy">{paragraphs}</div>
        </article>
    }
    .into_any()
}
