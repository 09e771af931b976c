//! The button that cancels an open Checkout session.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    islands::form::{FormErrors, FormState, SubmitButton, leave_for},
    server_fns::ReleaseCheckout,
};

/// Cancels the session, then shows the page again.
#[island]
pub fn ReleaseButton(
    /// A refusal from a form that was sent without JavaScript.
    refusal: Refusal,
    product_id: i64,
    /// The purchase, if the page is about one.
    purchase_id: Option<i64>,
    /// The path of the page that the button is on.
    page: String,
) -> impl IntoView {
    let state = FormState::new(refusal);
    let here = page.clone();
    let send = move |event| {
        let here = here.clone();
        state.submit_with(event, move |path| {
            leave_for(if path.is_empty() { &here } else { path });
        });
    };
    view! {
        <form method="post" action=ReleaseCheckout::PATH on:submit=send>
            <FormErrors state />
            <input type="hidden" name="product_id" value=product_id.to_string() />
            {purchase_id.map(|id| view! { <input type="hidden" name="purchase_id" value=id.to_string() /> })}
            <input type="hidden" name="page" value=page />
            <SubmitButton
                state
                label="Cancel this purchase".to_owned()
                busy_label="Canceling…"
                class="button"
            />
        </form>
    }
}
