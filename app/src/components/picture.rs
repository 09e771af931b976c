//! The picture of a product.

use leptos::prelude::*;

use crate::types::Product;

/// The picture, or a plate with the brand's mark for a product without one.
#[component]
pub fn Picture(
    product: Product,
    class: &'static str,
    /// Loads it only when it comes into view; otherwise before other pictures.
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
            fetchpriority=(!lazy).then_some("high")
        />
    }
    .into_any()
}
