//! The second factor: its panel in the account, and the page on which it is set up.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{super::plain_field::PlainField, message};
use crate::{
    components::{PageTitle, internal_error},
    pages::member_or_sign_in,
    ports::{Ports, Viewer},
    server_fns::{BeginSecondFactor, ConfirmSecondFactor, RemoveSecondFactor},
    types::{FactorSetup, OwnAccount},
};

/// Whether there is one, and the form that begins or ends it.
pub fn panel(viewer: &Viewer, account: &OwnAccount) -> impl IntoView + use<> {
    let form = match account.second_factor_since.clone() {
        Some(since) => on(viewer, &since).into_any(),
        None => off(viewer).into_any(),
    };
    let missing = account.second_factor_missing.then(|| {
        view! {
            <p class="account-standing">
                <strong>"The console opens once you have set one up."</strong>
            </p>
        }
    });
    view! {
        <section class="panel" aria-labelledby="factor-title">
            <h2 class="panel-title" id="factor-title">"Second factor"</h2>
            {missing}
            {form}
        </section>
    }
}

fn off(viewer: &Viewer) -> impl IntoView + use<> {
    let refusal = viewer.refusal("begin_second_factor");
    view! {
        <p class="account-standing">
            "Off. With a second factor, nobody can sign in with your password alone: it also takes \
             a code from an authenticator app on your phone."
        </p>
        <form class="form" method="post" action=BeginSecondFactor::PATH novalidate>
            {message(&refusal)}
            {password().view(&refusal)}
            <button type="submit" class="button">"Set up a second factor"</button>
        </form>
    }
}

fn on(viewer: &Viewer, since: &str) -> impl IntoView + use<> {
    let refusal = viewer.refusal("remove_second_factor");
    let words = format!("On since {since}. Signing in takes a code from your authenticator app.");
    let code = PlainField {
        form: "factor",
        name: "code",
        label: "Code from the app, or a recovery code",
        kind: "text",
        autocomplete: "one-time-code",
        value: "",
    };
    view! {
        <p class="account-standing">{words}</p>
        <form class="form" method="post" action=RemoveSecondFactor::PATH novalidate>
            {message(&refusal)}
            {password().view(&refusal)}
            {code.view(&refusal)}
            <button type="submit" class="button">"Turn off the second factor"</button>
        </form>
    }
}

fn password() -> PlainField<'static> {
    PlainField {
        form: "factor",
        name: "password",
        label: "Your password",
        kind: "password",
        autocomplete: "current-password",
        value: "",
    }
}

/// What the authenticator app needs, the recovery codes, and the form that turns it on.
#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    member_or_sign_in(&viewer, &ports)?;
    let page = Suspend::new(async move {
        match ports.second_factor.setup().await {
            Ok(Some(setup)) => steps(&viewer, setup).into_any(),
            Ok(None) => not_begun().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! {
        <PageTitle title="Set up a second factor" />
        <div class="page page-form">
            <h1 class="page-title">"Set up a second factor"</h1>
            <Suspense>{page}</Suspense>
            <p class="page-aside"><a href="/account">"Your account"</a></p>
        </div>
    })
}

fn not_begun() -> impl IntoView {
    view! {
        <p class="page-lede">
            "Start from your account, under \u{201c}Second factor\u{201d}. It asks for your \
             password first."
        </p>
    }
}

fn steps(viewer: &Viewer, setup: FactorSetup) -> impl IntoView + use<> {
    let refusal = viewer.refusal("confirm_second_factor");
    let code = PlainField {
        form: "factor",
        name: "code",
        label: "Code from the app",
        kind: "text",
        autocomplete: "one-time-code",
        value: "",
    };
    let codes = setup.recovery_codes.into_iter();
    let codes = codes.map(|code| view! { <li><code>{code}</code></li> });
    let codes = codes.collect_view();
    view! {
        <ol class="factor-steps">
            <li>
                <p>"Scan this with an authenticator app on your phone, such as those from Apple, Google or Microsoft."</p>
                <div class="factor-qr" role="img" aria-label="QR code of the key below" inner_html=setup.qr_code></div>
                <p>"Or enter this key in the app:"</p>
                <p class="factor-key" translate="no"><code>{setup.secret}</code></p>
            </li>
            <li>
                <p>
                    "Keep these recovery codes somewhere you can get to without your phone, on \
                     paper or in a password manager. Each one works once. They will not be shown \
                     again."
                </p>
                <ul class="factor-codes" translate="no">{codes}</ul>
            </li>
            <li>
                <p>"Enter the six digits that the app shows now."</p>
                <form class="form" method="post" action=ConfirmSecondFactor::PATH novalidate>
                    {message(&refusal)}
                    {code.view(&refusal)}
                    <button type="submit" class="button button-primary">"Turn it on"</button>
                </form>
            </li>
        </ol>
    }
}
