//! The page on which a member deletes the account, and the one that says that it is done.

use domain::{foreign_amount::ForeignAmount, forms::Refusal};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{super::plain_field::PlainField, message};
use crate::{
    components::{PageTitle, internal_error},
    pages::member_or_sign_in,
    ports::{Ports, Viewer},
    server_fns::DeleteAccount,
    types::Deletion,
};

/// What is lost, and the form.
#[component]
pub fn DeleteAccountPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    member_or_sign_in(&viewer, &ports)?;
    let page = Suspend::new(async move {
        match ports.privacy.deletion().await {
            Ok(Some(deletion)) if deletion.has_rights => staff().into_any(),
            Ok(Some(deletion)) => page(&viewer, &deletion).into_any(),
            Ok(None) => ().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! {
        <PageTitle title="Delete your account" />
        <div class="page page-form">
            <h1 class="page-title">"Delete your account"</h1>
            <Suspense>{page}</Suspense>
            <p class="page-aside"><a href="/account">"Your account"</a></p>
        </div>
    })
}

fn staff() -> impl IntoView {
    view! {
        <p class="page-lede">
            "You are on the staff of this site. Ask an owner to remove your role first. Then you \
             can delete your account."
        </p>
    }
}

fn page(viewer: &Viewer, deletion: &Deletion) -> impl IntoView + use<> {
    let name = &viewer.site.name;
    let stays =
        format!("{name} keeps its records of what you bought and earned, without your name.");
    view! {
        <p class="page-lede">
            "You will be signed out everywhere right away, and your referral link will stop \
             working. Your name, addresses, date of birth and sign-ins will be removed. This \
             cannot be undone."
        </p>
        <p>{stays}</p>
        {memberships(&deletion.memberships)}
        {elsewhere(&deletion.elsewhere)}
        {form(viewer, deletion)}
    }
}

fn memberships(names: &[String]) -> Option<impl IntoView + use<>> {
    let names = names.join(", ");
    (!names.is_empty()).then(|| {
        let words = format!("Your membership ends right away and is not refunded: {names}.");
        view! { <p><strong>{words}</strong></p> }
    })
}

fn elsewhere(amounts: &[ForeignAmount]) -> Option<impl IntoView + use<>> {
    let amounts: Vec<_> = amounts.iter().map(ForeignAmount::to_string).collect();
    (!amounts.is_empty()).then(|| {
        let words = format!(
            "You will also lose credit that cannot be used here: {}.",
            amounts.join(", ")
        );
        view! { <p>{words}</p> }
    })
}

fn form(viewer: &Viewer, deletion: &Deletion) -> impl IntoView + use<> {
    let refusal = viewer.refusal("delete_account");
    let password = PlainField {
        form: "delete",
        name: "password",
        label: "Your password",
        kind: "password",
        autocomplete: "current-password",
        value: "",
    };
    let code = deletion.needs_code.then(|| {
        let code = PlainField {
            form: "delete",
            name: "code",
            label: "Code from the app, or a recovery code",
            kind: "text",
            autocomplete: "one-time-code",
            value: "",
        };
        code.view(&refusal)
    });
    view! {
        <form class="form" method="post" action=DeleteAccount::PATH novalidate>
            {message(&refusal)}
            {forfeit(deletion, &refusal)}
            {password.view(&refusal)}
            {code}
            <button type="submit" class="button button-danger">"Delete my account"</button>
        </form>
    }
}

/// The tick, which says how much is lost.
fn forfeit(deletion: &Deletion, refusal: &Refusal) -> Option<impl IntoView + use<>> {
    let error = refusal.about("forfeit").map(str::to_owned);
    let credit = deletion.credit;
    credit.is_positive().then(|| {
        let held = match deletion.on_hold.is_positive() {
            true => format!(" {} of it is on hold.", deletion.on_hold),
            false => String::new(),
        };
        let words = match deletion.uncertain {
            true => format!(
                "I will lose my credit, which was {credit} when it was last checked.{held}"
            ),
            false => format!("I will lose my credit of {credit}.{held}"),
        };
        let invalid = error.is_some();
        view! {
            <div class="field">
                <label class="account-choice">
                    <input
                        type="checkbox"
                        name="forfeit"
                        value=credit.cents().to_string()
                        aria-invalid=invalid.then_some("true")
                        aria-describedby="delete-forfeit-error"
                    />
                    <span>{words}</span>
                </label>
                <p class="field-error" id="delete-forfeit-error" role=invalid.then_some("alert")>{error}</p>
            </div>
        }
    })
}

/// Where whoever deleted the account ends.
#[component]
pub fn DeletedPage() -> impl IntoView {
    view! {
        <PageTitle title="Account deleted" />
        <div class="page page-form">
            <h1 class="page-title">"Your account is deleted"</h1>
            <p class="page-lede">
                "Nobody can sign in to it anymore. If a payment is still being processed, your \
                 data is removed once that is done."
            </p>
            <p class="page-aside"><a href="/">"Home"</a></p>
        </div>
    }
}
