//! A member's receipt: what was bought, and whether it is paid. While the payment is awaited, the
//! island polls the server and updates itself.

use domain::{money::Money, purchase::PurchaseState};
use leptos::{prelude::*, task::spawn_local};

use super::{call::ask, watch::watch};
use crate::{
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
    let (title, words) = words(bought);
    view! {
        <span class=format!("badge badge-{}", state.code())>{state.label()}</span>
        <h1 class="page-title">{title}</h1>
        <p class="page-lede">{words}</p>
    }
}

fn facts(bought: &Purchase) -> impl IntoView + use<> {
    let purchase = bought.line.clone();
    let amount = |name: &'static str, money: String| {
        view! { <div><dt>{name}</dt><dd class="money">{money}</dd></div> }
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
        return view! {
            <a class="button" href=here>"Check again"</a>
            <a class="button button-quiet" href=product>"Back to the product"</a>
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
    view! { <a class="button button-primary" href=product>"Try again"</a> }.into_any()
}

fn words(bought: &Purchase) -> (String, &'static str) {
    let purchase = &bought.line;
    let covered = bought.credit == Some(purchase.price);
    let name = &purchase.product_name;
    match purchase.state {
        PurchaseState::Open => (
            "Not paid yet".to_owned(),
            "Stripe has no payment for this purchase yet. If you just paid, check again in a moment.",
        ),
        PurchaseState::Processing => (
            "Your payment is being processed".to_owned(),
            "Stripe is waiting for the money. This can take a few days with your payment method. \
             You can leave this page: your dashboard shows when the money arrives.",
        ),
        PurchaseState::Paid if purchase.in_person => {
            (format!("You bought {name}"), "Paid in person. Thank you.")
        }
        PurchaseState::Paid if !purchase.price.is_positive() => (
            format!("You have {name}"),
            "It was free. It does not count as a first purchase.",
        ),
        PurchaseState::Paid if covered => (
            format!("You bought {name}"),
            "Your credit paid for it. Thank you.",
        ),
        PurchaseState::Paid => (
            format!("You bought {name}"),
            "Stripe confirmed your payment. Thank you.",
        ),
        PurchaseState::Failed => (
            "The payment failed".to_owned(),
            "Stripe could not collect the money. Nothing was bought. You can try again.",
        ),
        PurchaseState::Undone => (
            "This sale was undone".to_owned(),
            "Credit that paid for it goes back to your balance.",
        ),
        PurchaseState::Expired => (
            "This purchase has expired".to_owned(),
            "It was not paid in time. Nothing was charged. You can start again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::{money::Currency, purchase::ProductKind};

    use super::*;

    fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    fn bought(kind: ProductKind) -> PurchaseLine {
        PurchaseLine {
            id: 1,
            product_name: "Range Membership".to_owned(),
            kind,
            product_path: "/memberships/range".to_owned(),
            price: usd(3900),
            state: PurchaseState::Paid,
            bought_on: String::new(),
            bought_at: String::new(),
            in_person: false,
        }
    }

    #[test]
    fn what_credit_paid_for_is_said_to_be_paid_with_credit() {
        let words = |credit: Option<i64>| {
            let bought = Purchase {
                line: bought(ProductKind::EventTicket),
                credit: credit.map(usd),
                paid: credit.map(|credit| usd(3900 - credit).to_string()),
            };
            words(&bought).1
        };
        assert_eq!(words(Some(3900)), "Your credit paid for it. Thank you.");
        for part in [None, Some(1000)] {
            assert!(words(part).starts_with("Stripe confirmed"), "{part:?}");
        }
    }
}
