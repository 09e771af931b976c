//! The member's QR code, to be shown, downloaded or printed.

use leptos::prelude::*;

use super::member_or_sign_in;
use crate::{
    components::{Empty, PageTitle, internal_error},
    ports::{Ports, Viewer},
    types::{QR_PNG, QR_SVG, ShareLinks},
};

/// The code and its link. Who has no link yet is led to where it is made.
#[component]
pub fn SharePage() -> impl IntoView {
    let viewer = Viewer::current();
    let ports = Ports::current();
    member_or_sign_in(&viewer, &ports)?;
    let site = viewer.site.name;
    let page = Suspend::new(async move {
        match ports.referrals.share().await {
            Ok(Some(links)) => sheet(&site, links),
            Ok(None) => none(),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! { <Suspense>{page}</Suspense> })
}

fn sheet(site: &str, links: ShareLinks) -> AnyView {
    view! {
        <PageTitle title="Your QR code" />
        <article class="page page-narrow share-sheet">
            <h1 class="page-title">{format!("Join me at {site}")}</h1>
            <p class="page-lede">"Point the camera of your phone at the code."</p>
            <img class="share-code" src=QR_SVG width="320" height="320" alt="QR code of your referral link" />
            <p class="share-link">{links.link}</p>
            <p class="share-actions">
                <a class="button" href=QR_PNG download="referral-link.png">"Download as PNG"</a>
                <a class="button" href=QR_SVG download="referral-link.svg">"Download as SVG"</a>
            </p>
            <p class="share-actions">
                "Print this page to put it on a counter: only the code and the words above it are printed. "
                <a href="/dashboard#refer">"Back to your dashboard"</a>
            </p>
        </article>
    }
    .into_any()
}

fn none() -> AnyView {
    view! {
        <PageTitle title="Your QR code" />
        <div class="page page-narrow">
            <h1 class="page-title">"Your QR code"</h1>
            <Empty title="You have no referral link yet">
                <p>"Get it on your dashboard. Its QR code is here then."</p>
                <a class="button" href="/dashboard#refer">"Go to your dashboard"</a>
            </Empty>
        </div>
    }
    .into_any()
}
