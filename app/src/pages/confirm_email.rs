//! The page that the link in a mail opens: confirming an e-mail address. The button does it and not
//! the link, because some mail programs open every link.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{account::message, query};
use crate::{
    components::{PageTitle, internal_error},
    ports::{Ports, Viewer},
    server_fns::ConfirmEmail,
};

/// The button, or what to do if the link does not work any more.
#[component]
pub fn ConfirmEmailPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let token = query("token").unwrap_or_default();
    let page = Suspend::new(async move {
        match ports.account_settings.address_of_link(&token).await {
            Ok(Some(email)) => form(&viewer, &email, token).into_any(),
            Ok(None) => ended(&viewer).into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <PageTitle title="Confirm your email address" />
        <Suspense>{page}</Suspense>
    }
}

fn form(viewer: &Viewer, email: &str, token: String) -> impl IntoView + use<> {
    let refusal = viewer.refusal("confirm_email");
    let question = format!("Is {email} your address?");
    view! {
        <div class="page page-form">
            <h1 class="page-title">"Confirm your email address"</h1>
            <p class="page-lede">{question}</p>
            <form class="form" method="post" action=ConfirmEmail::PATH>
                {message(&refusal)}
                <input type="hidden" name="token" value=token />
                <button type="submit" class="button button-primary">"Confirm this address"</button>
            </form>
        </div>
    }
}

fn ended(viewer: &Viewer) -> impl IntoView + use<> {
    let refusal = viewer.refusal("confirm_email");
    view! {
        <div class="page page-form">
            <h1 class="page-title">"This link no longer works"</h1>
            {message(&refusal)}
            <p class="page-lede">"Each link works once, for three days. You can get a new one from your account."</p>
            <p><a class="button button-primary" href="/account">"Your account"</a></p>
        </div>
    }
}
