//! The form that creates an account.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    field::Field,
    form::{FormErrors, FormState, SubmitButton},
};
use crate::server_fns::Register;

/// Shows all errors at once, each beside its field, and keeps what was typed.
#[island]
pub fn RegisterForm(
    /// A refusal from a form that was sent without JavaScript.
    refusal: Refusal,
    /// The path to go to afterwards.
    next: String,
) -> impl IntoView {
    let state = FormState::new(refusal);
    view! {
        <form class="form" method="post" action=Register::PATH novalidate on:submit=move |event| state.submit(event)>
            <FormErrors state />
            <input type="hidden" name="next" value=next />
            <div class="form-pair">
                <Field state name="first_name" autocomplete="given-name" />
                <Field state name="last_name" autocomplete="family-name" />
            </div>
            <Field state name="email" kind="email" autocomplete="email" />
            <Field state name="date_of_birth" kind="date" autocomplete="bday" />
            <Field
                state
                name="password"
                kind="password"
                autocomplete="new-password"
                hint="At least 8 characters."
            />
            <SubmitButton state label="Register".to_owned() busy_label="Registering…" />
        </form>
    }
}
