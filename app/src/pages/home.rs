//! The home page of a tenant: its name, the next event, when it is open, and all its products.

use domain::purchase::ProductKind;
use leptos::prelude::*;

use crate::{
    components::{
        Empty, FIRST_ROW, LinkPreview, ProductCard, event_time, internal_error, section_label,
    },
    ports::{Ports, Viewer},
    types::{HomeCatalog, Product, SiteBrand},
};

/// Hero, what is next, and catalog.
#[component]
pub fn HomePage() -> impl IntoView {
    let site = Viewer::current().site;
    let ports = Ports::current();
    let shown = site.clone();
    let catalog = Suspend::new(async move {
        match ports.catalog.home().await {
            Ok(HomeCatalog {
                products,
                next_event,
            }) => view! { {opening(next_event, &shown)} {catalog(products)} }.into_any(),
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

/// The event that is next and when the site is open, as far as there are such.
fn opening(next_event: Option<Product>, site: &SiteBrand) -> Option<AnyView> {
    let hours = site.opening_hours.clone();
    let hours = (!hours.is_empty()).then(|| {
        view! {
            <section class="opening-part" aria-labelledby="opening-hours">
                <h2 class="opening-title" id="opening-hours">"Opening hours"</h2>
                <p class="opening-lines">{hours}</p>
            </section>
        }
    });
    let event = next_event.map(|event| next(&event, site));
    if event.is_none() && hours.is_none() {
        return None;
    }
    Some(view! { <div class="page opening">{event} {hours}</div> }.into_any())
}

/// The event, when it is, and where: as the event says, or else where the site is.
fn next(event: &Product, site: &SiteBrand) -> impl IntoView + use<> {
    let place = event.place(site);
    let place =
        (!place.is_empty()).then(|| view! { <p class="opening-lines" dir="auto">{place}</p> });
    view! {
        <section class="opening-part" aria-labelledby="next-event">
            <h2 class="opening-title" id="next-event">"Next event"</h2>
            <p class="opening-name">
                <a href=event.path() dir="auto">{event.name.clone()}</a>
            </p>
            {event_time(event, "opening-time")}
            {place}
        </section>
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
    let has = |kind: &ProductKind| products.iter().any(|product| product.kind == *kind);
    let first = ProductKind::ALL.into_iter().find(has);
    ProductKind::ALL
        .map(|kind| group(kind, first == Some(kind), &products))
        .into_any()
}

fn group(kind: ProductKind, is_first: bool, products: &[Product]) -> Option<impl IntoView + use<>> {
    let section = kind.section();
    let cards: Vec<_> = products
        .iter()
        .filter(|product| product.kind == kind)
        .enumerate()
        .map(|(at, product)| {
            let first_row = is_first && at < FIRST_ROW;
            view! { <ProductCard product=product.clone() under_section=true first_row /> }
        })
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
