//! The head of every page: who runs the site, where things are, who is signed in.

use domain::ProductKind;
use leptos::{prelude::*, server_fn::ServerFn};

use super::section_label;
use crate::{islands::NotificationBell, ports::Viewer, server_fns::SignOut, types::SiteKind};

/// Brand, catalogue and account.
#[component]
pub fn SiteHeader(viewer: Viewer) -> impl IntoView {
    let tenant = viewer.site.kind == SiteKind::Tenant;
    let simulated = viewer.site.simulated_payments.then(|| {
        view! {
            <p class="site-notice">
                <strong>"Payments are simulated."</strong>
                " No card is charged."
            </p>
        }
    });
    let still_signed_in = viewer.refusal("sign_out").message.map(|message| {
        view! { <p class="site-notice" role="alert">{message}" You are still signed in."</p> }
    });
    let catalogue = tenant.then(|| catalogue(&viewer.path));
    let account = tenant.then(|| account(&viewer));
    view! {
        <a class="skip" href="#content">"Skip to content"</a>
        <header class="site-header">
            {simulated}
            {still_signed_in}
            <div class="site-header-inner">
                <a class="brand" href="/">
                    <span class="brand-mark" aria-hidden="true"></span>
                    <span>{viewer.site.name.clone()}</span>
                </a>
                {catalogue}
                {account}
            </div>
        </header>
    }
}

fn catalogue(path: &str) -> impl IntoView + use<> {
    let links = ProductKind::ALL.map(|kind| {
        let to = format!("/{}", kind.section());
        let here = current(path, &to);
        view! { <li><a href=to aria-current=here>{section_label(kind)}</a></li> }
    });
    view! { <nav class="site-nav" aria-label="Catalogue"><ul>{links}</ul></nav> }
}

fn account(viewer: &Viewer) -> AnyView {
    if viewer.member.is_none() {
        return view! {
            <div class="account">
                <a class="account-link" href="/sign-in" aria-current=current(&viewer.path, "/sign-in")>
                    "Sign in"
                </a>
                <a class="button button-small" href="/register">"Register"</a>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="account">
            <a class="account-link" href="/dashboard" aria-current=current(&viewer.path, "/dashboard")>
                "Dashboard"
            </a>
            <form method="post" action=SignOut::PATH>
                <button class="account-link" type="submit">"Sign out"</button>
            </form>
            <NotificationBell unread=viewer.unread />
        </div>
    }
    .into_any()
}

fn current(path: &str, link: &str) -> Option<&'static str> {
    let inside = path
        .strip_prefix(link)
        .is_some_and(|rest| rest.starts_with('/'));
    match (path == link, inside) {
        (true, _) => Some("page"),
        (_, true) => Some("true"),
        _ => None,
    }
}
