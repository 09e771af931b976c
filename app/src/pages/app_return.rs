//! The page to which Stripe's page leads back for an app: it opens the app. Nobody signs in here, and it says nothing of
//! the purchase.

use leptos::prelude::*;
use leptos_meta::Meta;

use super::query;
use crate::{
    components::{PageTitle, internal_error},
    ports::{Ports, Viewer},
};

/// The link to the app, which browsers follow by themselves where they may.
#[component]
pub fn AppReturnPage() -> impl IntoView {
    let (ports, site) = (Ports::current(), Viewer::current().site.name);
    let to = query("to").unwrap_or_default();
    let page = Suspend::new(async move {
        match ports.mobile_apps.address_of_app(&to).await {
            Ok(Some(address)) => link(address),
            Ok(None) => no_app(&site),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <Meta name="robots" content="noindex" />
        <PageTitle title="Back to the app" />
        <div class="page page-form">
            <h1 class="page-title">"Back to the app"</h1>
            <Suspense>{page}</Suspense>
        </div>
    }
}

fn link(address: String) -> AnyView {
    let content = format!("0; url={address}");
    view! {
        <Meta http_equiv="refresh" content />
        <p class="page-lede">"Your app shows how your purchase went."</p>
        <p><a class="button button-primary" href=address>"Open the app"</a></p>
        <p class="page-aside">"If nothing happens, open the app yourself."</p>
    }
    .into_any()
}

fn no_app(site: &str) -> AnyView {
    let words = format!(
        "This link does not open an app of {site}. You can find your purchases on your dashboard."
    );
    view! {
        <p class="page-lede">{words}</p>
        <p><a class="button" href="/dashboard">"Go to your dashboard"</a></p>
    }
    .into_any()
}
