//! A list of a member's purchases, for the member and for an admin.

use leptos::prelude::*;

use crate::types::{ListedPurchase, PurchaseLine};

/// The actions of one purchase, if there are any.
pub type Actions = Box<dyn Fn(&PurchaseLine) -> Option<AnyView> + Send>;

/// The panel "Purchases", newest first.
#[component]
pub fn Purchases(
    purchases: Vec<ListedPurchase>,
    /// The path of the page that the name of a purchase links to.
    link: fn(&PurchaseLine) -> String,
    /// What can be done about a purchase, below its line.
    #[prop(optional)]
    actions: Option<Actions>,
    /// Shown in place of an empty list.
    children: Children,
) -> impl IntoView {
    let content = if purchases.is_empty() {
        children()
    } else {
        let lines = purchases
            .into_iter()
            .map(|purchase| {
                let actions = actions.as_ref();
                let actions = actions.and_then(|actions| actions(&purchase.line));
                line(link(&purchase.line), purchase, actions)
            })
            .collect_view();
        view! { <ul class="purchases">{lines}</ul> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="purchases-title">
            <h2 class="panel-title" id="purchases-title">"Purchases"</h2>
            {content}
        </section>
    }
}

fn line(path: String, listed: ListedPurchase, actions: Option<AnyView>) -> impl IntoView {
    let ListedPurchase {
        line: purchase,
        label,
        badge,
        back,
    } = listed;
    let back = back.map(|back| format!(" · {back}"));
    let period = match purchase.kind.spends_balance() {
        true => "/month",
        false => "",
    };
    let place = match purchase.in_person {
        true => " · In person",
        false => "",
    };
    view! {
        <li class="purchase">
            <a class="purchase-name" href=path dir="auto">
                {purchase.product_name}
            </a>
            <span class="purchase-beside">
                {purchase.kind.label()}" · "
                <time datetime=purchase.bought_at>{purchase.bought_on}</time>{place}{back}
            </span>
            <span class="purchase-price money">{format!("{}{period}", purchase.price)}</span>
            <span class=format!("badge badge-{badge}")>{label}</span>
            {actions}
        </li>
    }
}
