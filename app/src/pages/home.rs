//! The home page of a tenant: its name and all its products.

use domain::purchase::ProductKind;
use leptos::prelude::*;

use crate::{
    components::{Empty, LinkPreview, ProductCard, internal_error, section_label},
    ports::{Ports, Viewer},
    types::Product,
};

/// Hero and catalog.
#[component]
pub fn HomePage() -> impl IntoView {
    let site = Viewer::current().site;
    let ports = Ports::current();
    let catalog = Suspend::new(async move {
        match ports.catalog.products(None).await {
            Ok(products) => catalog(products),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <LinkPreview title="" description=site.tagline.clone() path="/" />
        <section class="hero">
            <div class="hero-inner">
                <h1 class="hero-name">{site.name}</h1>
                <p class="hero-tagline">{site.tagline}</p>
                <div class="hero-actions">
                    <a class="button button-primary" href="/memberships">"See memberships"</a>
                    <a class="button" href="/events">"Browse events"</a>
                </div>
            </div>
        </section>
        <Suspense>{catalog}</Suspense>
    }
}

fn catalog(products: Vec<Product>) -> AnyView {
    if products.is_empty() {
        return view! {
            <div class="page">
                <Empty title="Nothing is on offer yet">
                    <p>"The catalog is still empty. Come back soon."</p>
                </Empty>
            </div>
        }
        .into_any();
    }
    ProductKind::ALL
        .map(|kind| group(kind, &products))
        .into_any()
}

fn group(kind: ProductKind, products: &[Product]) -> Option<impl IntoView + use<>> {
    let section = kind.section();
    let cards: Vec<_> = products
        .iter()
        .filter(|product| product.kind == kind)
        .map(|product| view! { <ProductCard product=product.clone() under_section=true /> })
        .collect();
    (!cards.is_empty()).then(|| {
        view! {
            <section class="page group" aria-labelledby=section>
                <div class="group-head">
                    <h2 class="group-title" id=section>{section_label(kind)}</h2>
                    <a class="group-all" href=format!("/{section}")>
                        "See all"<span class="visually-hidden">{format!(" {}", section_label(kind))}</span>
                    </a>
                </div>
                <ul class="products">{cards}</ul>
            </section>
        }
    })
}
