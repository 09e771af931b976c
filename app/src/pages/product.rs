//! The page of one product.

use domain::{
    money::Money,
    purchase::{EVENT_BEGUN, ProductKind},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    not_found,
    open_page::{OpenPage, open_page},
    query,
};
use crate::{
    components::{
        LinkPreview, Picture, Price, ProductCard, add_to_calendar, event_time, internal_error,
        section_label,
    },
    islands::BuyButton,
    ports::{Answer, Ports, Viewer},
    types::{BegunBefore, CreditOffer, Product, ShownProduct},
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
    // Stripe returns here with this spelling; open Checkout sessions have it in their cancel address.
    let canceled = query("cancelled").is_some();
    let changed = query("credit").is_some_and(|credit| credit == "changed");
    let page = Suspend::new(async move {
        let ShownProduct {
            product,
            has_begun,
            related,
        } = match ports.catalog.product(kind, &slug).await {
            Ok(Some(shown)) => shown,
            Ok(None) => return not_found(&ports),
            Err(_) => return internal_error(&ports),
        };
        match begun(&ports, &viewer, &product).await {
            Ok(begun) => {
                let note = note(canceled, changed, &begun);
                let related = others(product.kind, related);
                page((product, has_begun), &viewer, note, begun, related)
            }
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

/// The member's earlier purchases of the product; none for a visitor.
async fn begun(ports: &Ports, viewer: &Viewer, product: &Product) -> Answer<BegunBefore> {
    match viewer.member {
        Some(_) => ports.purchases.begun(product.id).await,
        None => Ok(BegunBefore::default()),
    }
}

/// What happened before the member came back to this page.
fn note(canceled: bool, changed: bool, begun: &BegunBefore) -> Option<AnyView> {
    let words = match (changed, canceled && !begun.open_page) {
        (true, _) => " Your credit has changed. Below is what you would pay now.",
        (false, true) => " You left the payment page before paying.",
        (false, false) => return None,
    };
    let note = view! {
        <p class="notice" role="status">
            <strong>"Nothing was charged."</strong>
            {words}
        </p>
    };
    Some(note.into_any())
}

fn page(
    (product, has_begun): (Product, bool),
    viewer: &Viewer,
    note: Option<AnyView>,
    begun: BegunBefore,
    related: Option<AnyView>,
) -> AnyView {
    let section = product.kind.section();
    let has_credit = begun.credit.is_some();
    let open = begun
        .open_page
        .then(|| open_page(left_open(&product, begun.held), viewer));
    let owned = begun.already_member.then(|| {
        view! { <p class="product-terms">"You already have this membership."</p> }
    });
    let (label, another) = match (begun.open_page, begun.already_member) {
        (true, another) => ("Continue to payment", another),
        (false, true) => ("Buy another membership", true),
        (false, false) => (buy_label(&product), false),
    };
    let busy = busy_label(&product, begun.credit.as_ref());
    let available = begun.available.filter(|_| product.price.is_positive());
    let available = available.map(|available| {
        view! {
            <p class="product-terms">
                <strong class="money">{available.to_string()}</strong>
                " of credit available"
            </p>
        }
    });
    let reserved = begun.reserved.filter(|_| product.price.is_positive());
    let reserved = reserved.map(|reserved| {
        view! {
            <p class="product-terms">
                <strong class="money">{reserved.to_string()}</strong>
                " of your credit is reserved. " <a href="/credits">"See why"</a>
            </p>
        }
    });
    let time = event_time(&product, "product-detail");
    let place = product.place(&viewer.site);
    let detail =
        (!place.is_empty()).then(|| view! { <p class="product-detail" dir="auto">{place}</p> });
    let cancel = product.kind.spends_balance().then(|| {
        view! {
            <p class="product-terms">
                "Cancel whenever you like, on " <a href="/dashboard">"your dashboard"</a> "."
            </p>
        }
    });
    let ships = product.ships.then(|| {
        view! {
            <p class="product-terms">
                "Ships to the US and Canada. The payment page asks for your address."
            </p>
        }
    });
    let buy = match has_begun {
        true => view! {
            <p class="product-terms">{EVENT_BEGUN}</p>
        }
        .into_any(),
        false => view! {
            <BuyButton
                refusal=viewer.refusal("buy")
                product_id=product.id
                page=product.path()
                label=label.to_owned()
                busy_label=busy.to_owned()
                another
                credit=begun.credit
                form_token=begun.form_token
            />
            <p class="product-terms">{terms(&product, has_credit)}</p>
        }
        .into_any(),
    };
    let paragraphs = product
        .description
        .split("\n\n")
        .filter(|text| !text.trim().is_empty())
        .map(|text| view! { <p dir="auto">{text.trim().to_owned()}</p> })
        .collect_view();
    view! {
        <LinkPreview
            title=product.name.clone()
            description=product.summary.clone()
            path=product.path()
            product=product.clone()
        />
        <article class="page product">
            <nav class="crumbs" aria-label="You are here">
                <a href=format!("/{section}")>{section_label(product.kind)}</a>
            </nav>
            {note}
            {open}
            <div class="product-columns">
                <Picture product=product.clone() class="product-picture" />
                <div class="product-text">
                    <h1 class="page-title" dir="auto">{product.name.clone()}</h1>
                    <p class="page-lede" dir="auto">{product.summary.clone()}</p>
                    {time}
                    {detail}
                    {add_to_calendar(&product)}
                    <div class="product-buy">
                        <Price product=product.clone() />
                        {owned}
                        {available}
                        {reserved}
                        {buy}
                        {ships}
                        {cancel}
                    </div>
                </div>
                <div class="product-description">{paragraphs}</div>
            </div>
            {related}
        </article>
    }
    .into_any()
}

/// A few other products of the same kind.
fn others(kind: ProductKind, related: Vec<Product>) -> Option<AnyView> {
    let title = match kind {
        ProductKind::EventTicket => "More events",
        ProductKind::Course => "More courses",
        ProductKind::Membership => "More memberships",
        ProductKind::ShopItem => "More from the shop",
    };
    if related.is_empty() {
        return None;
    }
    let cards = related
        .into_iter()
        .map(|product| view! { <ProductCard product under_section=true /> })
        .collect_view();
    let section = view! {
        <section class="product-related" aria-labelledby="related">
            <h2 class="group-title" id="related">{title}</h2>
            <ul class="products">{cards}</ul>
        </section>
    };
    Some(section.into_any())
}

/// The member left Stripe's page: they can continue there, by the button that buys, or cancel.
fn left_open(product: &Product, held: Option<Money>) -> OpenPage {
    OpenPage {
        title: "You have not paid yet",
        words: "The payment page for this purchase is still open. Nothing was charged.",
        held: match product.kind.spends_balance() && held.is_none() {
            true => " While it is open, your credit is reserved for it.".to_owned(),
            false => OpenPage::held(held),
        },
        url: None,
        product_id: product.id,
        purchase_id: None,
        here: product.path(),
    }
}

/// The label of the button while the form is sent: free and covered purchases open no page of Stripe's.
fn busy_label(product: &Product, credit: Option<&CreditOffer>) -> &'static str {
    let is_covered = credit.is_some_and(|credit| !credit.to_pay.is_positive());
    match product.price.is_positive() && !is_covered {
        true => "Opening the payment page…",
        false => "One moment…",
    }
}

fn buy_label(product: &Product) -> &'static str {
    match (product.kind, product.price.is_positive()) {
        (ProductKind::EventTicket, true) => "Buy ticket",
        (ProductKind::EventTicket, false) => "Get your free ticket",
        (ProductKind::Course, true) => "Buy course",
        (ProductKind::Course, false) => "Get your free course",
        (ProductKind::Membership, _) => "Buy membership",
        (ProductKind::ShopItem, true) => "Buy item",
        (ProductKind::ShopItem, false) => "Get your free item",
    }
}

/// How the product is paid, and whether credit is used, before the member buys.
fn terms(product: &Product, has_credit: bool) -> &'static str {
    let kind = product.kind;
    if !product.price.is_positive() && !kind.spends_balance() {
        "Free. It does not count as a first purchase. A friend who invited you earns a credit when \
         you first pay for something."
    } else if has_credit {
        "You pay once. What your credit does not cover, you pay on a secure payment page (Stripe)."
    } else if kind.spends_balance() {
        "Renews every month. You pay on a secure payment page (Stripe). Your credit is used first."
    } else {
        "You pay once, on a secure payment page (Stripe)."
    }
}
