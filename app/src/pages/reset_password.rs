//! The page that the link in a mail opens: choosing a new password.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{plain_field, query};
use crate::{
    components::{PageTitle, internal_error, refusal_notice},
    ports::{Ports, Viewer},
    server_fns::ResetPassword,
};

/// The form, or what to do if the link does not work any more.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let token = query("token").unwrap_or_default();
    let page = Suspend::new(async move {
        match ports.accounts.reset_link_works(&token).await {
            Ok(true) => form(&viewer, token).into_any(),
            Ok(false) => ended().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <PageTitle title="Choose a new password" />
        <Suspense>{page}</Suspense>
    }
}

fn form(viewer: &Viewer, token: String) -> impl IntoView + use<> {
    let refusal = viewer.refusal("reset_password");
    let password = plain_field(
        "password",
        "New password",
        "password",
        "new-password",
        &refusal,
    );
    let errors = refusal.fields.is_empty().then(|| refusal_notice(&refusal));
    view! {
        <div class="page page-form">
            <h1 class="page-title">"Choose a new password"</h1>
            <p class="page-lede">"Every browser and phone that is signed in will be signed out."</p>
            <form class="form" method="post" action=ResetPassword::PATH novalidate>
                {errors}
                <input type="hidden" name="token" value=token />
                {password}
                <button type="submit" class="button button-primary">"Save the new password"</button>
            </form>
        </div>
    }
}

fn ended() -> impl IntoView {
    view! {
        <div class="page page-form">
            <h1 class="page-title">"This link does not work any more"</h1>
            <p class="page-lede">"A link works once, for one hour."</p>
            <p><a class="button button-primary" href="/forgot-password">"Email me a new link"</a></p>
        </div>
    }
}
