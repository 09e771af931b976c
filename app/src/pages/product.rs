//! The page of one product.

use domain::{ProductKind, Refusal};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{not_found, query};
use crate::{
    components::{PageTitle, Picture, Price, broken, section_label},
    islands::BuyButton,
    ports::{Ports, Viewer},
    types::Product,
};

/// Picture, price, description and the button that buys it.
#[component]
pub fn ProductPage(kind: ProductKind) -> impl IntoView {
    let viewer = Viewer::current();
    let ports = Ports::current();
    let slug = use_params_map()
        .read_untracked()
        .get("slug")
        .unwrap_or_default();
    let cancelled = query("cancelled").is_some();
    let page = Suspend::new(async move {
        match ports.catalogue.product(kind, &slug).await {
            Ok(Some(product)) => page(product, viewer.refusal("buy"), cancelled),
            Ok(None) => not_found(&ports),
            Err(_) => broken(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

fn page(product: Product, refusal: Refusal, cancelled: bool) -> AnyView {
    let section = product.kind.section();
    let note = cancelled.then(|| {
        view! {
            <p class="notice" role="status">
                <strong>"Nothing was charged."</strong>
                " You came back before paying, and everything is as you left it."
            </p>
        }
    });
    let detail = (!product.detail.is_empty())
        .then(|| view! { <p class="product-detail" dir="auto">{product.detail.clone()}</p> });
    let paragraphs = product
        .description
        .split("\n\n")
        .filter(|text| !text.trim().is_empty())
        .map(|text| view! { <p dir="auto">{text.trim().to_owned()}</p> })
        .collect_view();
    view! {
        <PageTitle title=product.name.clone() />
        <article class="page product">
            <nav class="crumbs" aria-label="You are here">
                <a href=format!("/{section}")>{section_label(product.kind)}</a>
            </nav>
            {note}
            <div class="product-columns">
                <Picture product=product.clone() class="product-picture" />
                <div class="product-text">
                    <h1 class="page-title" dir="auto">{product.name.clone()}</h1>
                    <p class="page-lede" dir="auto">{product.summary.clone()}</p>
                    {detail}
                    <div class="product-buy">
                        <Price product=product.clone() />
                        <BuyButton
                            refusal
                            product_id=product.id
                            page=product.path()
                            label=buy_label(product.kind).to_owned()
                        />
                        <p class="product-terms">{terms(product.kind)}</p>
                    </div>
                </div>
                <div class="product-description">{paragraphs}</div>
            </div>
        </article>
    }
    .into_any()
}

fn buy_label(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::EventTicket => "Buy ticket",
        ProductKind::Course => "Buy course",
        ProductKind::Membership => "Buy membership",
        ProductKind::ShopItem => "Buy item",
    }
}

/// Where a referral credit is spent, and where not, said before anyone pays.
fn terms(kind: ProductKind) -> &'static str {
    if kind.spends_balance() {
        "Renews every month. You pay on Stripe's page; credit on your balance is used first."
    } else {
        "You pay once, on Stripe's page."
    }
}
