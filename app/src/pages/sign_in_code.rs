//! The second step of signing in, for who has a second factor.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{account::message, next_in_query, plain_field::PlainField, with_next};
use crate::{
    components::{PageTitle, internal_error},
    ports::{Ports, Viewer},
    server_fns::EnterCode,
};

/// The form for the code, for who typed the password a moment ago.
#[component]
pub fn SignInCodePage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let next = next_in_query();
    let page = Suspend::new(async move {
        match ports.accounts.awaits_code().await {
            Ok(true) => form(&viewer, next).into_any(),
            Ok(false) => not_begun(&next).into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <PageTitle title="Enter your code" />
        <div class="page page-form">
            <h1 class="page-title">"Enter your code"</h1>
            <Suspense>{page}</Suspense>
        </div>
    }
}

fn not_begun(next: &str) -> impl IntoView + use<> {
    let sign_in = with_next("/sign-in", next);
    view! {
        <p class="page-lede">"Enter your password first, and then the code."</p>
        <p><a class="button button-primary" href=sign_in>"Sign in"</a></p>
    }
}

fn form(viewer: &Viewer, next: String) -> impl IntoView + use<> {
    let refusal = viewer.refusal("enter_code");
    let code = PlainField {
        form: "code",
        name: "code",
        label: "Code",
        kind: "text",
        autocomplete: "one-time-code",
        value: "",
    };
    let back = with_next("/sign-in", &next);
    view! {
        <p class="page-lede">
            "Your password is correct. Open your authenticator app and enter the six digits that \
             it shows for "
            {viewer.site.name.clone()} ", or one of your recovery codes."
        </p>
        <form class="form" method="post" action=EnterCode::PATH novalidate>
            {message(&refusal)}
            {code.view(&refusal)}
            <input type="hidden" name="next" value=next />
            <button type="submit" class="button button-primary">"Sign in"</button>
        </form>
        <p class="page-aside"><a href=back>"Sign in with another account"</a></p>
    }
}
