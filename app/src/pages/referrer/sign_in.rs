//! The page that the link in a mail opens: signing in as a platform referrer. The button does it and
//! not the link, because some mail programs open every link.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::{PageTitle, internal_error},
    pages::query,
    ports::{Ports, Viewer},
    server_fns::SignReferrerIn,
};

/// The button, or what to do if the link does not work any more.
#[component]
pub fn ReferrerSignInPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let token = query("token").unwrap_or_default();
    let page = Suspend::new(async move {
        match ports.referrer_pages.is_link(&token).await {
            Ok(true) => form(&viewer, token).into_any(),
            Ok(false) => ended().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <PageTitle title="Sign in to your referrals" />
        <Suspense>{page}</Suspense>
    }
}

fn form(viewer: &Viewer, token: String) -> impl IntoView + use<> {
    let words = format!("See what your link to {} has earned you.", viewer.site.name);
    view! {
        <div class="page page-form">
            <h1 class="page-title">"Sign in to your referrals"</h1>
            <p class="page-lede">{words}</p>
            <form class="form" method="post" action=SignReferrerIn::PATH>
                <input type="hidden" name="token" value=token />
                <button type="submit" class="button button-primary">"Sign in"</button>
            </form>
        </div>
    }
}

fn ended() -> impl IntoView {
    view! {
        <div class="page page-form">
            <h1 class="page-title">"This link no longer works"</h1>
            <p class="page-lede">"Each link works once, for 30 minutes."</p>
            <p><a class="button button-primary" href="/referrer">"Email me a new link"</a></p>
        </div>
    }
}
