//! The page one comes back to from Stripe: what was bought, and whether it is paid.

use domain::{Money, PurchaseState};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{look_again, member_or_sign_in, not_found};
use crate::{
    components::{PageTitle, broken},
    ports::{Ports, Viewer},
    types::{Purchase, PurchaseLine},
};

/// One purchase.
#[component]
pub fn PurchasePage() -> impl IntoView {
    let ports = Ports::current();
    member_or_sign_in(&Viewer::current(), &ports)?;
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let Some(id) = id else {
            return not_found(&ports);
        };
        match ports.purchases.one(id).await {
            Ok(Some(bought)) => page(bought),
            Ok(None) => not_found(&ports),
            Err(_) => broken(&ports),
        }
    });
    Some(view! { <Suspense>{page}</Suspense> })
}

fn page(bought: Purchase) -> AnyView {
    let (purchase, paid) = (bought.line, bought.paid);
    let waiting = matches!(
        purchase.state,
        PurchaseState::Open | PurchaseState::Processing
    );
    let here = format!("/purchases/{}", purchase.id);
    let (refresh, looks_again) = waiting.then(|| look_again(&here)).flatten().unzip();
    let (title, words) = words(&purchase);
    let amount = |name: &'static str, money: Money| {
        view! { <div><dt>{name}</dt><dd class="money">{money.to_string()}</dd></div> }
    };
    let credit = credit_used(&purchase, paid).map(|credit| amount("Credit used", credit));
    let paid = paid.map(|paid| amount("Paid", paid));
    let period = if purchase.kind.spends_balance() {
        "/month"
    } else {
        ""
    };
    let next = if waiting {
        view! {
            <a class="button" href=here>"Look again"</a>
            <a class="button button-quiet" href=purchase.product_path.clone()>"Back to the product"</a>
        }
        .into_any()
    } else if purchase.state == PurchaseState::Paid {
        view! {
            <a class="button button-primary" href="/dashboard">"Go to your dashboard"</a>
            <a class="button button-quiet" href="/">"Keep browsing"</a>
        }
        .into_any()
    } else {
        view! { <a class="button button-primary" href=purchase.product_path.clone()>"Try again"</a> }
            .into_any()
    };
    view! {
        {refresh}
        <PageTitle title=purchase.product_name.clone() />
        <div class="page page-narrow">
            <div class="receipt">
                <span class=format!("badge badge-{}", purchase.state.code())>
                    {purchase.state.label()}
                </span>
                <h1 class="page-title">{title}</h1>
                <p class="page-lede" role="status">{words}{looks_again}</p>
                <dl class="facts">
                    <div><dt>{purchase.kind.label()}</dt><dd>{purchase.product_name.clone()}</dd></div>
                    <div>
                        <dt>"Price"</dt>
                        <dd class="money">{format!("{}{period}", purchase.price)}</dd>
                    </div>
                    {credit}
                    {paid}
                    <div>
                        <dt>"Date"</dt>
                        <dd><time datetime=purchase.bought_at.clone()>{purchase.bought_on.clone()}</time></dd>
                    </div>
                </dl>
                <div class="receipt-actions">{next}</div>
            </div>
        </div>
    }
    .into_any()
}

/// What Stripe took from the balance, written as what it takes off the price.
fn credit_used(purchase: &PurchaseLine, paid: Option<Money>) -> Option<Money> {
    let paid = paid.filter(|_| purchase.kind.spends_balance())?;
    let taken = paid.cents().checked_sub(purchase.price.cents())?;
    (taken < 0).then(|| Money::new(taken, paid.currency()))
}

fn words(purchase: &PurchaseLine) -> (String, &'static str) {
    let name = &purchase.product_name;
    match purchase.state {
        PurchaseState::Open => (
            "Waiting for Stripe to confirm your payment".to_owned(),
            "That takes a moment. If you left Stripe's page before paying, nothing was charged.",
        ),
        PurchaseState::Processing => (
            "Your payment is on its way".to_owned(),
            "Stripe is still waiting for the money, which can take a few days with this way of paying. \
             You need not stay here: your dashboard shows when it has arrived.",
        ),
        PurchaseState::Paid if purchase.in_person => {
            (format!("You bought {name}"), "Paid in person. Thank you.")
        }
        PurchaseState::Paid => (
            format!("You bought {name}"),
            "Stripe has confirmed your payment. Thank you.",
        ),
        PurchaseState::Failed => (
            "The payment failed".to_owned(),
            "Stripe could not collect the money, so nothing was bought. You can try again.",
        ),
        PurchaseState::Expired => (
            "This purchase has expired".to_owned(),
            "It was not paid in time, and nothing was charged. You can start again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::{Currency, ProductKind};

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
    fn a_membership_shows_the_credit_that_was_used() {
        let used = credit_used(&bought(ProductKind::Membership), Some(usd(2900)));
        assert_eq!(
            used.map(|money| money.to_string()).as_deref(),
            Some("-$10.00")
        );
    }

    #[test]
    fn no_credit_is_shown_where_none_was_used() {
        for (kind, paid) in [
            (ProductKind::Membership, Some(3900)),
            (ProductKind::Membership, None),
            (ProductKind::EventTicket, Some(2900)),
        ] {
            assert_eq!(credit_used(&bought(kind), paid.map(usd)), None);
        }
    }
}
