//! The form that signs in.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    field::Field,
    form::{FormErrors, FormState, SubmitButton},
};
use crate::server_fns::SignIn;

/// E-mail address and password.
#[island]
pub fn SignInForm(
    /// A refusal from a form that was sent without JavaScript.
    refusal: Refusal,
    /// The path to go to afterwards.
    next: String,
) -> impl IntoView {
    let state = FormState::new(refusal);
    view! {
        <form class="form" method="post" action=SignIn::PATH novalidate on:submit=move |event| state.submit(event)>
            <FormErrors state />
            <input type="hidden" name="next" value=next />
            <Field state name="email" kind="email" autocomplete="username" />
            <Field
                state
                name="password"
                kind="password"
                autocomplete="current-password"
            />
            <SubmitButton state label="Sign in".to_owned() busy_label="Signing in…" />
        </form>
    }
}
