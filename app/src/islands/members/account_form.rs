//! The forms that create an account and that sign in.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Deserialize, Serialize};

use crate::{
    islands::{
        any_view::IntoAnyView,
        field::Field,
        form::{FormErrors, FormState, SubmitButton},
    },
    server_fns::{Register, SignIn},
};

/// The form's id. A field of its page that the browser need not make live names it, as on the page of a registration.
pub const ACCOUNT_FORM: &str = "account-form";

/// Which of the forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountFormKind {
    Register,
    SignIn,
}

/// Name, type, `autocomplete` and hint of a field.
type Spec = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

const REGISTER: &[Spec] = &[
    ("first_name", "text", "given-name", None),
    ("last_name", "text", "family-name", None),
    ("email", "email", "email", None),
    ("date_of_birth", "date", "bday", None),
    (
        "password",
        "password",
        "new-password",
        Some("At least 8 characters."),
    ),
];
const SIGN_IN: &[Spec] = &[
    ("email", "email", "username", None),
    ("password", "password", "current-password", None),
];

/// Shows all errors at once, each beside its field, and keeps what was typed.
#[island]
pub fn AccountForm(
    kind: AccountFormKind,
    /// A refusal from a form that was sent without JavaScript.
    refusal: Refusal,
    /// The path to go to afterwards.
    next: String,
) -> impl IntoView {
    let state = FormState::new(refusal);
    let (action, specs, paired, label, busy_label) = match kind {
        AccountFormKind::Register => (Register::PATH, REGISTER, 2, "Register", "Registering…"),
        AccountFormKind::SignIn => (SignIn::PATH, SIGN_IN, 0, "Sign in", "Signing in…"),
    };
    let fields = |specs: &'static [Spec]| {
        let fields = specs.iter().map(|(name, kind, autocomplete, hint)| {
            view! { <Field state name=*name kind=*kind autocomplete=*autocomplete hint=*hint /> }
                .into_any_view()
        });
        fields.collect_view()
    };
    let (pair, others) = specs.split_at(paired);
    let pair = (!pair.is_empty()).then(|| view! { <div class="form-pair">{fields(pair)}</div> });
    let keep = (kind == AccountFormKind::SignIn).then(|| {
        view! {
            <label class="account-choice">
                <input type="checkbox" name="keep" />
                <span>"Keep me signed in for 30 days"</span>
            </label>
        }
    });
    view! {
        <form id=ACCOUNT_FORM class="form" method="post" action=action novalidate on:submit=move |event| state.submit(event)>
            <FormErrors state />
            <input type="hidden" name="next" value=next />
            {pair}
            {fields(others)}
            {keep}
            <SubmitButton state label=label.to_owned() busy_label />
        </form>
    }
}
