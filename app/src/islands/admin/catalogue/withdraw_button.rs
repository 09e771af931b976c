//! The button that takes a product off the catalogue, or puts it back.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    islands::{
        admin::controls::Version,
        form::{Complaints, FormState},
    },
    server_fns::admin::SetProductWithdrawn,
};

/// Whether a product is withdrawn, and the button that changes it.
#[island]
pub fn WithdrawButton(
    /// The product.
    id: i64,
    /// Its name.
    name: String,
    /// It is not on offer.
    withdrawn: bool,
    /// Of the product.
    version: i64,
) -> impl IntoView {
    let state = FormState::new(domain::forms::Refusal::default());
    let withdrawn = RwSignal::new(withdrawn);
    let version = RwSignal::new(version);
    let send = move |event| {
        state.send_here(event, move || {
            withdrawn.update(|withdrawn| *withdrawn = !*withdrawn);
            // It counts the changes, and this was one.
            version.update(|version| *version += 1);
        });
    };
    let verb = move || {
        if withdrawn.get() {
            "Offer again"
        } else {
            "Withdraw"
        }
    };
    view! {
        {move || withdrawn.get().then(|| view! { <span class="badge">"Withdrawn"</span> })}
        <form method="post" action=SetProductWithdrawn::PATH on:submit=send>
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="withdrawn" value=move || (!withdrawn.get()).to_string() />
            <Version state filled_from=Signal::derive(move || version.get().to_string()) />
            <button
                type="submit"
                class="button button-small"
                aria-disabled=move || state.busy.get().then_some("true")
            >
                {verb}
                <span class="visually-hidden">{format!(" {name}")}</span>
            </button>
            <Complaints state />
        </form>
    }
}
