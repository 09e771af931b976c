//! The forms that record a counter sale and undo one. They are plain forms: the page reloads and says
//! what was done.

use domain::{forms::Refusal, money::Money};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::{Empty, refusal_notice},
    server_fns::admin::{RecordSale, UndoSale},
    types::{PurchaseLine, admin::SaleProduct},
};

/// The panel with the form. The server records one sale for each `token`.
pub fn sale(
    member_id: i64,
    products: Vec<SaleProduct>,
    credit: Option<Money>,
    token: &str,
    refusal: &Refusal,
) -> impl IntoView + use<> {
    let content = if products.is_empty() {
        view! {
            <Empty title="Nothing is on offer">
                <p>"A product must be in the catalog before it can be sold at the counter."</p>
                <a class="button" href="/admin/catalog/new">"Add a product"</a>
            </Empty>
        }
        .into_any()
    } else {
        let open = *refusal != Refusal::default();
        let form = form(member_id, products, credit, token, refusal);
        view! {
            <details class="sale-details" open=open>
                <summary class="button">"Record a sale"</summary>
                {form}
            </details>
        }
        .into_any()
    };
    view! {
        <section class="panel" aria-labelledby="sale-title">
            <h2 class="panel-title" id="sale-title">"Record a sale made in person"</h2>
            {content}
        </section>
    }
}

fn form(
    member_id: i64,
    products: Vec<SaleProduct>,
    credit: Option<Money>,
    token: &str,
    refusal: &Refusal,
) -> impl IntoView + use<> {
    let typed = refusal.typed("product_id").to_owned();
    let options = products.into_iter().map(|product| {
        let id = product.id.to_string();
        let selected = id == typed;
        let words = format!("{} · {}", product.name, price(&product));
        view! { <option value=id selected=selected>{words}</option> }
    });
    let error = refusal.about("product_id").map(str::to_owned);
    let credit = credit.map(|available| credit_field(available, refusal));
    view! {
        <form class="sale" method="post" action=RecordSale::PATH>
            {refusal_notice(refusal)}
            <p class="sale-words">
                "This counts as a purchase. It decides a pending referral of this member."
            </p>
            <input type="hidden" name="member_id" value=member_id.to_string() />
            <input type="hidden" name="token" value=token.to_owned() />
            <div class="field">
                <label for="product_id">"Product"</label>
                <select
                    id="product_id"
                    name="product_id"
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby="product_id-error"
                >
                    {options.collect_view()}
                </select>
                <p class="field-error" id="product_id-error">{error}</p>
            </div>
            {credit}
            <button type="submit" class="button button-primary">"Record sale"</button>
        </form>
    }
}

/// The price as the shop says it.
fn price(product: &SaleProduct) -> String {
    let period = if product.monthly { "/month" } else { "" };
    match product.price.is_positive() {
        true => format!("{}{period}", product.price),
        false => "Free".to_owned(),
    }
}

/// How much of the member's credit pays for the sale.
fn credit_field(available: Money, refusal: &Refusal) -> AnyView {
    let typed = refusal.typed("credit").to_owned();
    let error = refusal.about("credit").map(str::to_owned);
    view! {
        <div class="field">
            <label for="credit">"Credit to use (cents)"</label>
            <input
                id="credit"
                name="credit"
                inputmode="numeric"
                autocomplete="off"
                value=typed
                aria-invalid=error.is_some().then_some("true")
                aria-describedby="credit-hint credit-error"
            />
            <p class="field-hint" id="credit-hint">
                <strong class="money">{available.to_string()}</strong>
                " available. "
                {format!("{} uses all of it. Leave it empty to use none.", available.cents())}
            </p>
            <p class="field-error" id="credit-error">{error}</p>
        </div>
    }
    .into_any()
}

/// **Undo this sale**, below a paid counter sale in the member's list.
pub fn undo(member_id: i64, sale: &PurchaseLine, refusal: &Refusal) -> AnyView {
    let id = sale.id.to_string();
    let open = refusal.typed("purchase_id") == id;
    let (typed, error) = match open {
        true => (
            refusal.typed("reason").to_owned(),
            refusal.about("reason").map(str::to_owned),
        ),
        false => (String::new(), None),
    };
    let notice = open.then(|| refusal_notice(refusal));
    let (field, of_error) = (format!("reason-{id}"), format!("reason-{id}-error"));
    view! {
        <details class="undo-sale" open=open>
            <summary class="button button-small">
                "Undo"<span class="visually-hidden">" the sale of " {sale.product_name.clone()}</span>
            </summary>
            <form method="post" action=UndoSale::PATH>
                {notice}
                <p>
                    "The credit that paid for it goes back, and what it earned its referrer is taken back. "
                    "Give back the money at the counter."
                </p>
                <input type="hidden" name="member_id" value=member_id.to_string() />
                <input type="hidden" name="purchase_id" value=id />
                <div class="field">
                    <label for=field.clone()>"Reason"</label>
                    <input
                        id=field
                        name="reason"
                        maxlength="200"
                        autocomplete="off"
                        value=typed
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby=of_error.clone()
                    />
                    <p class="field-error" id=of_error>{error}</p>
                </div>
                <button type="submit" class="button button-danger">"Undo this sale"</button>
            </form>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::money::Currency;

    use super::*;

    #[test]
    fn a_price_is_said_as_in_the_shop() {
        let said = |cents, monthly| {
            price(&SaleProduct {
                id: 1,
                name: String::new(),
                price: Money::new(cents, Currency::Usd),
                monthly,
            })
        };
        assert_eq!(said(1200, false), "$12.00");
        assert_eq!(said(3900, true), "$39.00/month");
        assert_eq!(said(0, false), "Free");
    }
}
