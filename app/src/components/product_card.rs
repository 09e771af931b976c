//! A product in a list.

use domain::purchase::ProductKind;
use leptos::prelude::*;

use super::Picture;
use crate::{
    islands::{Icon, icon},
    types::Product,
};

/// How many cards the first row has at most.
pub const FIRST_ROW: usize = 3;

/// Picture, name, summary and price; all of it links to the product's page.
#[component]
pub fn ProductCard(
    product: Product,
    /// The heading is an `h3` under a section's `h2`; otherwise it is an `h2`.
    #[prop(optional)]
    under_section: bool,
    /// It is in the first row of the page, so its picture is loaded at once.
    #[prop(optional)]
    first_row: bool,
) -> impl IntoView {
    let path = product.path();
    let name = view! { <a href=path dir="auto">{product.name.clone()}</a> };
    let heading = if under_section {
        view! { <h3 class="product-card-name">{name}</h3> }.into_any()
    } else {
        view! { <h2 class="product-card-name">{name}</h2> }.into_any()
    };
    let detail = (!product.detail.is_empty())
        .then(|| view! { <p class="product-card-detail" dir="auto">{product.detail.clone()}</p> });
    view! {
        <li class="product-card">
            <Picture product=product.clone() class="product-card-picture" lazy=!first_row />
            <div class="product-card-text">
                {heading}
                {event_time(&product, "product-card-detail")}
                {detail}
                <p class="product-card-summary" dir="auto">{product.summary.clone()}</p>
                <Price product />
            </div>
        </li>
    }
}

/// When an event begins, in a paragraph of this class.
pub fn event_time(product: &Product, class: &'static str) -> Option<AnyView> {
    let starts = product.starts.clone()?;
    let time = view! {
        <p class=class>
            <time datetime=starts.moment>{starts.words}</time>
        </p>
    };
    Some(time.into_any())
}

/// The link to the calendar file of an event that has a date.
pub fn add_to_calendar(product: &Product) -> Option<AnyView> {
    let file = product.calendar_path()?;
    let link = view! {
        <p class="product-calendar">
            <a href=file download>{icon(Icon::CalendarPlus)}"Add to calendar"</a>
        </p>
    };
    Some(link.into_any())
}

/// The price; for a membership per month.
#[component]
pub fn Price(product: Product) -> impl IntoView {
    let monthly = (product.kind == ProductKind::Membership)
        .then(|| view! { <span class="price-period">"/month"</span> });
    let price = match product.price.is_positive() {
        true => product.price.to_string(),
        false => "Free".to_owned(),
    };
    view! { <p class="price money">{price}{monthly}</p> }
}
