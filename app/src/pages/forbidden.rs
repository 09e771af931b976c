//! The page for a signed-in member who may not see the page they asked for (status 403).

use domain::account::SiteKind;
use leptos::prelude::*;

use crate::{
    components::{Empty, PageTitle},
    ports::Viewer,
};

/// Says who may see it, and where to go instead.
#[component]
pub fn ForbiddenPage() -> impl IntoView {
    // A brand's site has no dashboard.
    let (home, label) = match Viewer::current().site.kind {
        SiteKind::Tenant => ("/dashboard", "Go to your dashboard"),
        SiteKind::Platform => ("/", "Go to the home page"),
    };
    view! {
        <PageTitle title="Not for this account" />
        <div class="page page-narrow">
            <h1 class="page-title">"This page is not for your account"</h1>
            <Empty title="Not for this account">
                <p>"Ask an owner of this site for the role that it needs, or sign in with another account."</p>
                <a class="button" href=home>{label}</a>
            </Empty>
        </div>
    }
}
