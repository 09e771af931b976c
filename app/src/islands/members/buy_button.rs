//! The button that begins a purchase.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    islands::form::{FormErrors, FormState, SubmitButton},
    server_fns::Buy,
    types::CreditOffer,
};

/// Begins a purchase and leaves for Stripe's page, or for the receipt if nothing is to be paid there.
#[island]
pub fn BuyButton(
    /// A refusal from a form that was sent without JavaScript.
    refusal: Refusal,
    product_id: i64,
    /// The path of the product's page.
    page: String,
    /// `Buy ticket`.
    label: String,
    /// Replaces the label while the form is being sent.
    busy_label: String,
    /// The member buys a second membership of this product.
    another: bool,
    /// The credit that the member can use.
    credit: Option<CreditOffer>,
    /// Random: the form makes one purchase that needs no page, however often it is sent.
    form_token: String,
) -> impl IntoView {
    let state = FormState::new(refusal);
    view! {
        <form class="buy" method="post" action=Buy::PATH on:submit=move |event| state.submit(event)>
            <FormErrors state />
            <input type="hidden" name="product_id" value=product_id.to_string() />
            <input type="hidden" name="page" value=page />
            {another.then(|| view! { <input type="hidden" name="another" value="1" /> })}
            <input type="hidden" name="form_token" value=form_token />
            {credit.map(use_credit)}
            <SubmitButton
                state
                label
                busy_label
                class="button button-primary button-wide"
            />
        </form>
    }
}

/// The box that pays with credit, ticked at first. What is left to pay stands in its label, so that
/// it is true whether the box is ticked or not.
fn use_credit(credit: CreditOffer) -> impl IntoView {
    let CreditOffer { pays, to_pay } = credit;
    let label = match to_pay.is_positive() {
        true => format!("Use {pays} of my credit and pay {to_pay}"),
        false => format!("Use {pays} of my credit and pay nothing"),
    };
    view! {
        <div class="check">
            <input id="use_credit" type="checkbox" name="use_credit" value="1" checked />
            <label for="use_credit">{label}</label>
        </div>
        <input type="hidden" name="to_pay" value=to_pay.cents().to_string() />
    }
}
