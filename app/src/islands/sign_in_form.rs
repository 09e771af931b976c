//! The form that signs in.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    field::Field,
    form::{Complaints, FormState, SubmitButton},
};
use crate::server_fns::SignIn;

/// Signing in.
#[island]
pub fn SignInForm(
    /// What was refused just before, for those who have no JavaScript.
    refusal: Refusal,
    /// Where to go afterwards.
    next: String,
) -> impl IntoView {
    let state = FormState::new(refusal);
    view! {
        <form class="form" method="post" action=SignIn::PATH novalidate on:submit=move |event| state.send(event)>
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
