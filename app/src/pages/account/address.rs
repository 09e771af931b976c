//! The member's e-mail address: whether it is confirmed, and the form that changes it.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{super::plain_field::PlainField, forms::message};
use crate::{
    ports::Viewer,
    server_fns::{CancelEmailChange, ChangeEmail, MailConfirmation},
    types::{Member, OwnAccount},
};

pub fn panel(viewer: &Viewer, member: &Member, account: &OwnAccount) -> impl IntoView + use<> {
    let standing = match (&account.email_confirmed_on, account.can_mail) {
        (Some(day), _) => format!("Confirmed on {day}."),
        (None, true) => "Not confirmed yet.".to_owned(),
        (None, false) => "Not confirmed.".to_owned(),
    };
    let change = match account.can_mail {
        true => change(viewer).into_any(),
        false => view! {
            <p>{format!("{} cannot send email. Ask the staff to change your address.", viewer.site.name)}</p>
        }
        .into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="email-title">
            <h2 class="panel-title" id="email-title">"Email address"</h2>
            <p><strong class="account-email">{member.email.clone()}</strong></p>
            <p class="account-standing">{standing}</p>
            {waiting(viewer, account)}
            {change}
        </section>
    }
}

/// What the member waits for, with a way to get the link again.
fn waiting(viewer: &Viewer, account: &OwnAccount) -> Option<impl IntoView + use<>> {
    let confirmed = account.email_confirmed_on.is_some();
    let (words, cancel) = match &account.new_email {
        Some(new) => (
            format!("We emailed a link to {new}. Open it to use that address from now on."),
            true,
        ),
        None if !confirmed && account.can_mail => (
            "We emailed you a link when you registered. Open it to confirm your address."
                .to_owned(),
            false,
        ),
        None => return None,
    };
    let refusal = viewer.refusal("mail_confirmation");
    let cancel = cancel.then(|| {
        view! {
            <form method="post" action=CancelEmailChange::PATH>
                <button type="submit" class="button button-quiet">"Keep the current address"</button>
            </form>
        }
    });
    Some(view! {
        <div class="account-waiting">
            {message(&refusal)}
            <p>{words}</p>
            <div class="account-actions">
                <form method="post" action=MailConfirmation::PATH>
                    <button type="submit" class="button">"Email the link again"</button>
                </form>
                {cancel}
            </div>
        </div>
    })
}

fn change(viewer: &Viewer) -> impl IntoView + use<> {
    let refusal = viewer.refusal("change_email");
    let email = PlainField {
        form: "change-email",
        name: "email",
        label: "New email address",
        kind: "email",
        autocomplete: "email",
        value: "",
    };
    let password = PlainField {
        form: "change-email",
        name: "password",
        label: "Your password",
        kind: "password",
        autocomplete: "current-password",
        value: "",
    };
    view! {
        <form class="form" method="post" action=ChangeEmail::PATH novalidate>
            {message(&refusal)}
            {email.view(&refusal)}
            {password.view(&refusal)}
            <button type="submit" class="button">"Email a link to the new address"</button>
        </form>
    }
}
