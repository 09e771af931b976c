//! The form that adds a product or changes one.

use domain::{forms::Refusal, money::Currency, purchase::ProductKind};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    islands::{
        admin::{
            cents_field::CentsField,
            controls::{SelectField, TextArea, Version},
        },
        erased::Erase,
        field::Field,
        form::{Complaints, FormState, SubmitButton},
    },
    server_fns::admin::SaveProduct,
    types::admin::ProductForm as Product,
};

/// Every field of a product. What it is cannot be changed later: its address and what was sold
/// under it depend on it.
#[island]
pub fn ProductForm(
    /// What the fields hold.
    product: Product,
    /// What its price is in.
    currency: Currency,
    /// What was refused just before, for those who have no JavaScript.
    refusal: Refusal,
) -> impl IntoView {
    let state = FormState::new(refusal);
    let kind = if product.id.is_empty() {
        let kinds = ProductKind::ALL.map(|kind| (kind.code(), kind.label()));
        view! { <SelectField state name="kind" options=kinds.to_vec() value=product.kind /> }
            .erased()
    } else {
        view! { <input type="hidden" name="kind" value=product.kind /> }.erased()
    };
    view! {
        <form class="form" method="post" action=SaveProduct::PATH novalidate on:submit=move |event| state.send(event)>
            <Complaints state />
            <input type="hidden" name="id" value=product.id />
            <Version state filled_from=Signal::stored(product.version) />
            {kind}
            <Field state name="name" value=product.name />
            <Field
                state
                name="summary"
                value=product.summary
                hint="One line, for lists."
            />
            <TextArea
                state
                name="description"
                value=product.description
                rows=8
                optional=true
                hint="For its own page. An empty line begins a paragraph."
            />
            <Field
                state
                name="detail"
                value=product.detail
                optional=true
                hint="When and where, or how long it takes. It may stay empty."
            />
            <CentsField
                state
                name="price"
                value=product.price
                currency=Signal::stored(currency)
                hint="Whole cents: 3500 is $35.00. What was sold before keeps its price."
            />
            <SubmitButton state label="Save product".to_owned() busy_label="Saving…" />
        </form>
    }
}
