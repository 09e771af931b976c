//! The form that adds a product or changes one.

use domain::{forms::Refusal, money::Currency, purchase::ProductKind};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    islands::{
        admin::{
            cents_field::CentsField,
            controls::{SelectField, TextArea, Version},
        },
        any_view::IntoAnyView,
        field::{Field, FieldContext},
        form::{FormErrors, FormState, SubmitButton},
    },
    server_fns::admin::SaveProduct,
    types::admin::ProductForm as Product,
};

/// All fields of a product. Its kind cannot change later, because its address and its past sales
/// depend on it.
#[island]
pub fn ProductForm(
    product: Product,
    currency: Currency,
    /// A refusal from a form that was sent without JavaScript.
    refusal: Refusal,
) -> impl IntoView {
    let state = FormState::new(refusal);
    let may_be_event = product.id.is_empty() || product.kind == ProductKind::EventTicket.code();
    let times = may_be_event.then(|| {
        view! {
            <Field
                state
                name="starts_on"
                kind="date"
                value=product.starts_on
                optional=true
                hint="Of an event: its day, in the site\u{2019}s time zone. Other products have none."
            />
            <Field
                state
                name="starts_time"
                kind="time"
                value=product.starts_time
                optional=true
                hint="When it begins."
            />
        }
        .into_any_view()
    });
    let may_ship = product.id.is_empty() || product.kind == ProductKind::ShopItem.code();
    let ships = may_ship.then(|| {
        let checked = FieldContext::new(state, "ships", None).typed_or(product.ships) == "on";
        view! {
            <div class="check">
                <input
                    type="checkbox"
                    id="ships"
                    name="ships"
                    value="on"
                    checked=checked
                    aria-describedby="ships-hint"
                />
                <label for="ships">"Ships to the buyer"</label>
                <p class="field-hint" id="ships-hint">
                    "Of a shop item: Stripe\u{2019}s page asks for an address in the US or Canada, and \
                     shows it in your Stripe dashboard. Who pays with credit alone is not asked."
                </p>
            </div>
        }
        .into_any_view()
    });
    let kind = if product.id.is_empty() {
        let kinds = ProductKind::ALL.map(|kind| (kind.code(), kind.label()));
        view! { <SelectField state name="kind" options=kinds.to_vec() value=product.kind /> }
            .into_any_view()
    } else {
        view! { <input type="hidden" name="kind" value=product.kind /> }.into_any_view()
    };
    view! {
        <form class="form" method="post" action=SaveProduct::PATH novalidate on:submit=move |event| state.submit(event)>
            <FormErrors state />
            <input type="hidden" name="id" value=product.id />
            <Version state filled_from=Signal::stored(product.version) />
            {kind}
            <Field state name="name" value=product.name />
            <Field
                state
                name="summary"
                value=product.summary
                hint="One line, shown in lists."
            />
            <TextArea
                state
                name="description"
                value=product.description
                rows=8
                optional=true
                hint="Shown on its page. An empty line starts a new paragraph."
            />
            <Field
                state
                name="detail"
                value=product.detail
                optional=true
                hint="Where, or how long it takes. Optional."
            />
            {times}
            {ships}
            <CentsField
                state
                name="price"
                value=product.price
                currency=Signal::stored(currency)
                hint="In cents: 3500 is $35.00. Past sales keep their price."
            />
            <SubmitButton state label="Save product".to_owned() busy_label="Saving…" />
        </form>
    }
}
