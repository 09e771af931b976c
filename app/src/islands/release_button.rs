//! The button that closes a page of Stripe's which was left open.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::form::{Complaints, FormState, SubmitButton, leave_for};
use crate::server_fns::ReleaseCheckout;

/// Closes the page, and shows the product's again.
#[island]
pub fn ReleaseButton(
    /// What was refused just before, for those who have no JavaScript.
    refusal: Refusal,
    /// The product.
    product_id: i64,
    /// The product's page.
    page: String,
) -> impl IntoView {
    let state = FormState::new(refusal);
    let there = page.clone();
    let send = move |event| {
        let there = there.clone();
        state.send_then(event, move |path| {
            leave_for(if path.is_empty() { &there } else { path });
        });
    };
    view! {
        <form method="post" action=ReleaseCheckout::PATH on:submit=send>
            <Complaints state />
            <input type="hidden" name="product_id" value=product_id.to_string() />
            <input type="hidden" name="page" value=page />
            <SubmitButton
                state
                label="Cancel it".to_owned()
                busy_label="Closing Stripe's page…"
                class="button"
            />
        </form>
    }
}
