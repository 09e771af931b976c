//! The button and the dialog that change a platform referrer's name and e-mail address.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    dialog::Dialog,
    list::{List, Reason},
};
use crate::{
    islands::{
        admin::controls::Version,
        any_view::IntoAnyView,
        field::Field,
        form::{FormErrors, FormState, SubmitButton},
    },
    server_fns::admin::ChangeReferrer,
    types::admin::PlatformReferrer,
};

/// Prefix of the button's id.
const RENAME: &str = "rename-";

/// **Rename** of the referrer that the list shows as `shown`. `refusal` is of this form, if it was sent without
/// JavaScript.
#[component]
pub fn Rename(shown: Memo<PlatformReferrer>, list: List, refusal: Refusal) -> impl IntoView {
    let id = shown.with_untracked(|one| one.id);
    let dialog = Dialog::new(refusal != Refusal::default());
    let state = FormState::new(refusal).with_ids("referrer-").with_row(id);
    // An open form keeps what is typed, and the version that it was filled from: saving then says what another
    // admin changed meanwhile.
    let filled = RwSignal::new(shown.get_untracked());
    Effect::new(move || {
        let newest = shown.get();
        if !dialog.is_open() && filled.with_untracked(|one| one.version != newest.version) {
            filled.set(newest);
        }
    });
    list.follow(state);
    let name = move || shown.with(|one| one.name.clone());
    let target = format!("{RENAME}dialog-{id}");
    let form = {
        let target = target.clone();
        move || filled.with(|from| form(state, dialog, list, &target, from))
    };
    let content = view! {
        <FormErrors state />
        {form}
    };
    let title = Signal::derive(move || format!("Rename {}", name()));
    view! {
        <button
            id=format!("{RENAME}{id}")
            type="button"
            class="button button-small"
            popovertarget=target.clone()
        >
            "Rename"
            <span class="visually-hidden">" " {name}</span>
        </button>
        {dialog.view(&target, title, content.into_any_view())}
    }
}

fn form(
    state: FormState,
    dialog: Dialog,
    list: List,
    target: &str,
    from: &PlatformReferrer,
) -> AnyView {
    let id = from.id;
    let send = move |event| {
        state.submit_then(event, move || {
            dialog.close();
            list.reload(Reason::Changed(id, RENAME));
        });
    };
    let here = Signal::derive(move || list.here());
    view! {
        <form
            class="dialog-form"
            method="post"
            action=ChangeReferrer::PATH
            novalidate
            on:submit=send
        >
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="back" value=move || here.get() />
            <Version state filled_from=from.version.to_string() />
            <Field state name="name" value=from.name.clone() />
            <Field state name="email" label="Email" kind="email" value=from.email.clone() />
            <div class="dialog-actions">
                <SubmitButton state label="Save".to_owned() busy_label="Saving…" />
                {dialog.cancel(target, here)}
            </div>
        </form>
    }
    .into_any_view()
}
