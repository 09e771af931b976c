//! The page on which somebody who forgot their password asks for a link.

use leptos::{prelude::*, server_fn::ServerFn};

use super::plain_field::PlainField;
use crate::{
    components::{LinkPreview, refusal_notice},
    ports::{Ports, Viewer},
    server_fns::ForgotPassword,
};

/// The form. Where no mail can be sent, it says whom to ask.
#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let viewer = Viewer::current();
    let content = match Ports::current().accounts.can_mail() {
        true => form(&viewer).into_any(),
        false => view! {
            <p class="page-lede">
                {format!("{} cannot send email. Ask the staff there to help you.", viewer.site.name)}
            </p>
        }
        .into_any(),
    };
    let description = format!("Choose a new password at {}.", viewer.site.name);
    view! {
        <LinkPreview title="Forgot password" description=description path="/forgot-password" />
        <div class="page page-form">
            <h1 class="page-title">"Forgot your password?"</h1>
            {content}
            <p class="page-aside"><a href="/sign-in">"Sign in"</a></p>
        </div>
    }
}

fn form(viewer: &Viewer) -> impl IntoView + use<> {
    let refusal = viewer.refusal("forgot_password");
    let email = PlainField {
        form: "forgot",
        name: "email",
        label: "Email",
        kind: "email",
        autocomplete: "username",
        value: "",
    };
    let email = email.view(&refusal);
    let errors = refusal.fields.is_empty().then(|| refusal_notice(&refusal));
    let words = match viewer.done.clone() {
        Some(done) => view! { <p class="notice" role="status">{done}</p> }.into_any(),
        None => view! {
            <p class="page-lede">"We will email you a link to choose a new one."</p>
        }
        .into_any(),
    };
    view! {
        {words}
        <form class="form" method="post" action=ForgotPassword::PATH novalidate>
            {errors}
            {email}
            <button type="submit" class="button button-primary">"Email me a link"</button>
        </form>
    }
}
