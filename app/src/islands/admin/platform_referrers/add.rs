//! The form that adds a platform referrer.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::list::{List, Reason};
use crate::{
    islands::{
        field::Field,
        form::{FormErrors, FormState, SubmitButton},
    },
    server_fns::admin::AddReferrer as Add,
};

/// Name, Email, **Add Referrer**.
#[component]
pub fn AddReferrer(list: List, refusal: Refusal) -> impl IntoView {
    let state = FormState::new(refusal).with_ids("add-");
    let send = move |event| {
        state.submit_then(event, move || {
            for name in ["name", "email"] {
                empty(&state.id_of(name));
            }
            list.reload(Reason::Added);
        });
    };
    view! {
        <form
            class="form referrers-add"
            method="post"
            action=Add::PATH
            aria-labelledby="add-referrer"
            novalidate
            on:submit=send
        >
            <h3 id="add-referrer">"Add a referrer"</h3>
            <FormErrors state />
            <div class="form-pair">
                <Field state name="name" />
                <Field state name="email" label="Email" kind="email" />
            </div>
            <SubmitButton state label="Add Referrer".to_owned() busy_label="Adding…" />
        </form>
    }
}

fn empty(id: &str) {
    if let Some(field) = document().get_element_by_id(id) {
        field.unchecked_ref::<HtmlInputElement>().set_value("");
    }
}
