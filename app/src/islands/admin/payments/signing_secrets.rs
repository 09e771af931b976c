//! The form that takes one of several signing secrets out of force.

use domain::credit::Program;
use leptos::{ev::SubmitEvent, html, prelude::*, server_fn::ServerFn};

use crate::{
    islands::{
        admin::controls::Version,
        any_view::IntoAnyView,
        form::{FormErrors, FormState, SubmitButton},
        live_text::LiveText,
    },
    server_fns::admin::RemoveSigningSecret,
};

/// Folded, and hidden while there is nothing to choose from: `secrets` are what they are called.
pub fn remove_secret(
    program: Program,
    state: FormState,
    secrets: Memo<Vec<String>>,
    version: Signal<String>,
    form: NodeRef<html::Form>,
    send: impl Fn(SubmitEvent) + 'static,
) -> AnyView {
    let id = state.id_of("place");
    let is_refused = move || state.refusal.with(|refusal| refusal.message.is_some());
    let is_hidden = move || secrets.with(|all| all.len() < 2) && !is_refused();
    let options = move || {
        let options = secrets.get().into_iter().enumerate().map(
            |(place, name)| view! { <option value=place.to_string()>{LiveText(name)}</option> },
        );
        options.collect_view()
    };
    view! {
        <details
            class="stripe-end"
            hidden=is_hidden
            open=state.refusal.with_untracked(|refusal| refusal.message.is_some())
        >
            <summary>"Remove a signing secret"</summary>
            <p>
                "An event that only this secret has signed is refused from then on. Remove it once \
                 events arrive that another one signs. The newest is the first in the list."
            </p>
            <form method="post" action=RemoveSigningSecret::PATH node_ref=form on:submit=send>
                <input type="hidden" name="program" value=program.code() />
                <Version state filled_from=version />
                <FormErrors state />
                <div class="field">
                    <label for=id.clone()>"Signing secret"</label>
                    <select id=id name="place">
                        <option value="">"Choose one"</option>
                        {options}
                    </select>
                </div>
                <SubmitButton
                    state
                    label="Remove the secret".to_owned()
                    busy_label="Removing\u{2026}"
                    class="button button-danger"
                />
            </form>
        </details>
    }
    .into_any_view()
}
