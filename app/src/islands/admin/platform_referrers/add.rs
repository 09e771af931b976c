//! The button and the dialog that add a platform referrer.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    dialog::Dialog,
    list::{List, Reason, empty},
};
use crate::{
    islands::{
        any_view::IntoAnyView,
        field::Field,
        form::{FormErrors, FormState, SubmitButton},
    },
    server_fns::admin::AddReferrer as Add,
};

/// The id of the dialog.
const DIALOG: &str = "add-referrer";

/// **Add Referrer**: asks for Name and Email.
#[component]
pub fn AddReferrer(list: List, refusal: Refusal) -> impl IntoView {
    let dialog = Dialog::new(refusal != Refusal::default());
    let state = FormState::new(refusal).with_ids("add-");
    let send = move |event| {
        state.submit_then(event, move || {
            for name in ["name", "email"] {
                empty(&state.id_of(name));
            }
            dialog.close();
            list.reload(Reason::Added);
        });
    };
    let away = Signal::derive(move || list.here());
    let form = view! {
        <form class="dialog-form" method="post" action=Add::PATH novalidate on:submit=send>
            <FormErrors state />
            <Field state name="name" />
            <Field state name="email" label="Email" kind="email" />
            <div class="dialog-actions">
                <SubmitButton state label="Add Referrer".to_owned() busy_label="Adding…" />
                {dialog.cancel(DIALOG, away)}
            </div>
        </form>
    };
    let title = Signal::stored("Add a referrer".to_owned());
    view! {
        <button type="button" class="button button-primary" popovertarget=DIALOG>
            "Add Referrer"
        </button>
        {dialog.view(DIALOG, title, form.into_any_view())}
    }
}
