//! The button that begins a purchase.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::form::{FormErrors, FormState, SubmitButton};
use crate::server_fns::Buy;

/// Begins a purchase and leaves for Stripe's page.
#[island]
pub fn BuyButton(
    /// A refusal from a form that was sent without JavaScript.
    refusal: Refusal,
    product_id: i64,
    /// The path of the product's page.
    page: String,
    /// `Buy ticket`.
    label: String,
    /// The member buys a second membership of this product.
    another: bool,
) -> impl IntoView {
    let state = FormState::new(refusal);
    view! {
        <form class="buy" method="post" action=Buy::PATH on:submit=move |event| state.submit(event)>
            <FormErrors state />
            <input type="hidden" name="product_id" value=product_id.to_string() />
            <input type="hidden" name="page" value=page />
            {another.then(|| view! { <input type="hidden" name="another" value="1" /> })}
            <SubmitButton
                state
                label
                busy_label="Opening Stripe's page…"
                class="button button-primary button-wide"
            />
        </form>
    }
}
