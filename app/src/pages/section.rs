//! The products of one kind.

use domain::purchase::ProductKind;
use leptos::prelude::*;

use crate::{
    components::{Empty, FIRST_ROW, LinkPreview, ProductCard, internal_error, section_label},
    ports::Ports,
    types::Product,
};

#[component]
pub fn SectionPage(kind: ProductKind) -> impl IntoView {
    let ports = Ports::current();
    let list = Suspend::new(async move {
        match ports.catalog.products(kind).await {
            Ok(products) => list(kind, products),
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{list}</Suspense> }
}

fn list(kind: ProductKind, products: Vec<Product>) -> AnyView {
    let content = if products.is_empty() {
        view! {
            <Empty title="Nothing here yet">
                <p>"See the home page for everything on offer."</p>
                <a class="button" href="/">"See everything"</a>
            </Empty>
        }
        .into_any()
    } else {
        let cards = products
            .into_iter()
            .enumerate()
            .map(|(at, product)| view! { <ProductCard product first_row=at < FIRST_ROW /> });
        view! { <ul class="products">{cards.collect_view()}</ul> }.into_any()
    };
    view! {
        <LinkPreview
            title=section_label(kind)
            description=lede(kind)
            path=format!("/{}", kind.section())
        />
        <div class="page">
            <h1 class="page-title">{section_label(kind)}</h1>
            <p class="page-lede">{lede(kind)}</p>
            {content}
        </div>
    }
    .into_any()
}

fn lede(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::EventTicket => "Tickets for upcoming events.",
        ProductKind::Course => "Learn step by step from an instructor.",
        ProductKind::Membership => "Paid every month, starting on the day you join.",
        ProductKind::ShopItem => "Things to take home.",
    }
}
