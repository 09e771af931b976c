//! The form that signs in.

use domain::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    field::Field,
    form::{Complaints, FormState, SubmitButton},
};
use crate::server_fns::{SignIn, sign_in};

/// Signing in.
#[island]
pub fn SignInForm(
    /// What was refused just before, for those who have no JavaScript.
    refusal: Refusal,
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let state = FormState::new(refusal);
    let send = move |event| {
        state.send(event, |form: SignIn| {
            sign_in(form.email, form.password, form.next)
        });
    };
    view! {
        <form class="form" method="post" action=SignIn::PATH novalidate on:submit=send>
            <Complaints state />
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
