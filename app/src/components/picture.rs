//! The picture of a product.

use leptos::prelude::*;

use crate::types::Product;

/// Its picture; one that has none gets a quiet plate with the brand's mark.
#[component]
pub fn Picture(
    product: Product,
    /// Its look.
    class: &'static str,
    /// Far down in a list.
    #[prop(optional)]
    lazy: bool,
) -> impl IntoView {
    if product.picture.is_empty() {
        return view! { <div class=format!("{class} no-picture") aria-hidden="true"></div> }
            .into_any();
    }
    view! {
        <img
            class=class
            src=product.picture
            alt=""
            width="600"
            height="400"
            loading=lazy.then_some("lazy")
        />
    }
    .into_any()
}
