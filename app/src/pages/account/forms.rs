//! The forms that change a member's name and password.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::super::plain_field::PlainField;
use crate::{
    components::refusal_notice,
    ports::Viewer,
    server_fns::{ChangeName, ChangePassword, SaveMailPreferences},
    types::{Member, OwnAccount},
};

/// What is wrong with a form as a whole. What is wrong with a field stands beside it.
pub fn message(refusal: &Refusal) -> Option<impl IntoView + use<>> {
    match refusal.fields.is_empty() {
        true => refusal_notice(refusal),
        false => None,
    }
}

pub fn name(viewer: &Viewer, member: &Member) -> impl IntoView + use<> {
    let refusal = viewer.refusal("change_name");
    let field = |name, label, autocomplete, value| PlainField {
        form: "name",
        name,
        label,
        kind: "text",
        autocomplete,
        value,
    };
    let first = field("first_name", "First name", "given-name", &member.first_name);
    let last = field("last_name", "Last name", "family-name", &member.last_name);
    view! {
        <section class="panel" aria-labelledby="name-title">
            <h2 class="panel-title" id="name-title">"Name"</h2>
            <form class="form" method="post" action=ChangeName::PATH novalidate>
                {message(&refusal)}
                <div class="form-pair">{first.view(&refusal)} {last.view(&refusal)}</div>
                <button type="submit" class="button">"Save your name"</button>
            </form>
        </section>
    }
}

pub fn password(viewer: &Viewer) -> impl IntoView + use<> {
    let refusal = viewer.refusal("change_password");
    let field = |name, label, autocomplete| PlainField {
        form: "password",
        name,
        label,
        kind: "password",
        autocomplete,
        value: "",
    };
    let current = field("current", "Current password", "current-password");
    let new = field("password", "New password", "new-password");
    view! {
        <section class="panel" aria-labelledby="password-title">
            <h2 class="panel-title" id="password-title">"Password"</h2>
            <p class="account-standing">"Every other browser and phone will be signed out."</p>
            <form class="form" method="post" action=ChangePassword::PATH novalidate>
                {message(&refusal)}
                {current.view(&refusal)}
                {new.view(&refusal)}
                <button type="submit" class="button">"Change your password"</button>
            </form>
        </section>
    }
}

/// Which mails the member gets; nothing where no mail can be sent.
pub fn mails(viewer: &Viewer, account: &OwnAccount) -> Option<impl IntoView + use<>> {
    let refusal = viewer.refusal("save_mail_preferences");
    let checked = account.mails_referrals;
    let attention = account.mails_attention;
    account.can_mail.then(|| {
        view! {
            <section class="panel" aria-labelledby="mails-title">
                <h2 class="panel-title" id="mails-title">"Emails"</h2>
                <form class="form" method="post" action=SaveMailPreferences::PATH>
                    {message(&refusal)}
                    <label class="account-choice">
                        <input type="checkbox" name="referrals" checked=checked />
                        <span>"When a friend joins through my link, and when I earn a credit"</span>
                    </label>
                    {attention.map(|checked| view! {
                        <label class="account-choice">
                            <input type="checkbox" name="attention" checked=checked />
                            <span>"Once a day, what needs my attention in the console"</span>
                        </label>
                    })}
                    <p class="account-standing">"You always get emails about your purchases, password, address and sign-ins."</p>
                    <button type="submit" class="button">"Save"</button>
                </form>
            </section>
        }
    })
}
