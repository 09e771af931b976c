//! The button that takes a product off the catalog or puts it back.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    islands::{
        admin::controls::Version,
        form::{FormErrors, FormState},
        live_text::LiveText,
    },
    server_fns::admin::SetProductWithdrawn,
};

/// A badge if the product is withdrawn, and the button that changes that.
#[island]
pub fn WithdrawButton(
    id: i64,
    name: String,
    withdrawn: bool,
    /// Version of the product's row.
    version: i64,
) -> impl IntoView {
    let state = FormState::new(domain::forms::Refusal::default());
    let withdrawn = RwSignal::new(withdrawn);
    let version = RwSignal::new(version);
    let send = move |event| {
        state.submit_then(event, move || {
            withdrawn.update(|withdrawn| *withdrawn = !*withdrawn);
            // The server counted this change.
            version.update(|version| *version += 1);
        });
    };
    let verb = move || {
        let verb = match withdrawn.get() {
            true => "Offer again",
            false => "Withdraw",
        };
        LiveText(verb.to_owned())
    };
    view! {
        {move || withdrawn.get().then(|| view! { <span class="badge badge-withdrawn">"Withdrawn"</span> })}
        <form method="post" action=SetProductWithdrawn::PATH on:submit=send>
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="withdrawn" value=move || (!withdrawn.get()).to_string() />
            <Version state filled_from=Signal::derive(move || version.get().to_string()) />
            <button
                type="submit"
                class="button button-small"
                aria-disabled=move || state.busy.get().then_some("true")
                aria-busy=move || state.shows_busy.get().then_some("true")
            >
                <span>{verb}</span>
                <span class="visually-hidden">{format!(" {name}")}</span>
            </button>
            <FormErrors state />
        </form>
    }
}
