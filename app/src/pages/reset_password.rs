//! The page that the link in a mail opens: choosing a new password.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{plain_field::PlainField, query};
use crate::{
    components::{PageTitle, internal_error, refusal_notice},
    ports::{Ports, Viewer},
    server_fns::{ResetPassword, TakeBackAddress},
    types::ResetLink,
};

/// The form, or what to do if the link does not work any more.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let token = query("token").unwrap_or_default();
    let page = Suspend::new(async move {
        match ports.accounts.reset_link(&token).await {
            Ok(Some(link)) => form(&viewer, token, link).into_any(),
            Ok(None) => ended().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <PageTitle title="Choose a new password" />
        <Suspense>{page}</Suspense>
    }
}

fn form(viewer: &Viewer, token: String, link: ResetLink) -> impl IntoView + use<> {
    let not_mine = link
        .unconfirmed
        .map(|(name, day)| take_back(viewer, &token, &name, &day));
    let refusal = viewer.refusal("reset_password");
    let password = PlainField {
        form: "reset",
        name: "password",
        label: "New password",
        kind: "password",
        autocomplete: "new-password",
        value: "",
    };
    let password = password.view(&refusal);
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
            {not_mine}
        </div>
    }
}

/// For an owner of the address who did not register the account.
fn take_back(viewer: &Viewer, token: &str, name: &str, day: &str) -> impl IntoView + use<> {
    let refusal = viewer.refusal("take_back_address");
    let words = format!(
        "The account with your address was created on {day} under the name {name}, and the address \
         was never confirmed. If that was not you, take your address back. It is removed from that \
         account, and you can register with it."
    );
    view! {
        <section class="take-back" aria-labelledby="take-back-title">
            <h2 class="panel-title" id="take-back-title">"Not your account?"</h2>
            <p>{words}</p>
            {refusal_notice(&refusal)}
            <form method="post" action=TakeBackAddress::PATH>
                <input type="hidden" name="token" value=token.to_owned() />
                <button type="submit" class="button">"Take my address back"</button>
            </form>
        </section>
    }
}

fn ended() -> impl IntoView {
    view! {
        <div class="page page-form">
            <h1 class="page-title">"This link no longer works"</h1>
            <p class="page-lede">"Each link works once, for one hour."</p>
            <p><a class="button button-primary" href="/forgot-password">"Email me a new link"</a></p>
        </div>
    }
}
