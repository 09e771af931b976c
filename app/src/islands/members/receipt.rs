//! A member's receipt: what was bought, and whether it is paid. While the payment is awaited, the
//! island polls the server and updates itself.

use domain::{money::Money, purchase::PurchaseState};
use leptos::{prelude::*, task::spawn_local};

use super::watch::watch;
use crate::{
    islands::{call::ask, events::announce_change, live_text::LiveText},
    server_fns::GetPurchase,
    types::{Purchase, PurchaseLine},
};

/// The receipt of one purchase.
#[island]
pub fn Receipt(purchase: Purchase) -> impl IntoView {
    let id = purchase.line.id.to_string();
    let bought = RwSignal::new(purchase);
    let waiting = move || bought.with_untracked(|bought| bought.line.state.is_waiting());
    watch(waiting, move || {
        let id = id.clone();
        spawn_local(async move {
            if let Ok(Some(fresh)) = ask::<GetPurchase>(&[("purchase_id", &id)]).await
                && bought.with_untracked(|shown| *shown != fresh)
            {
                bought.set(fresh);
                announce_change();
            }
        });
    });
    view! {
        <div class="receipt">
            <div role="status">{move || bought.with(head)}</div>
            {move || bought.with(facts)}
            <div class="receipt-actions">{move || bought.with(|bought| actions(&bought.line))}</div>
        </div>
    }
}

fn head(bought: &Purchase) -> impl IntoView + use<> {
    let state = bought.line.state;
    let (title, words) = (bought.title.clone(), bought.words.clone());
    view! {
        <span class=format!("badge badge-{}", state.code())>{LiveText(state.label().to_owned())}</span>
        <h1 class="page-title">{LiveText(title)}</h1>
        <p class="page-lede">{LiveText(words)}</p>
    }
}

fn facts(bought: &Purchase) -> impl IntoView + use<> {
    let purchase = bought.line.clone();
    let amount = |name: &'static str, money: String| {
        view! { <div><dt>{name}</dt><dd class="money">{LiveText(money)}</dd></div> }
    };
    let credit = bought.credit.and_then(Money::opposite);
    let credit = credit.map(|credit| amount("Credit used", credit.to_string()));
    let paid = bought.paid.clone().map(|paid| amount("Paid", paid));
    let period = match purchase.kind.spends_balance() {
        true => "/month",
        false => "",
    };
    view! {
        <dl class="facts">
            <div><dt>{purchase.kind.label()}</dt><dd>{purchase.product_name}</dd></div>
            <div>
                <dt>"Price"</dt>
                <dd class="money">{format!("{}{period}", purchase.price)}</dd>
            </div>
            {credit}
            {paid}
            <div>
                <dt>"Date"</dt>
                <dd><time datetime=purchase.bought_at>{purchase.bought_on}</time></dd>
            </div>
        </dl>
    }
}

fn actions(purchase: &PurchaseLine) -> AnyView {
    let product = purchase.product_path.clone();
    if purchase.state.is_waiting() {
        let here = format!("/purchases/{}", purchase.id);
        let back = (!product.is_empty()).then(|| {
            view! { <a class="button button-quiet" href=product>"Back to the product"</a> }
        });
        return view! {
            <a class="button" href=here>"Check again"</a>
            {back}
        }
        .into_any();
    }
    if matches!(purchase.state, PurchaseState::Paid | PurchaseState::Undone) {
        return view! {
            <a class="button button-primary" href="/dashboard">"Go to your dashboard"</a>
            <a class="button button-quiet" href="/">"Keep browsing"</a>
        }
        .into_any();
    }
    if product.is_empty() {
        return view! { <a class="button button-primary" href="/">"Keep browsing"</a> }.into_any();
    }
    view! { <a class="button button-primary" href=product>"Try again"</a> }.into_any()
}
