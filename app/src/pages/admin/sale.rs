//! The form that records a counter sale. It is a plain form: its page reloads and says what was done.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::{Empty, refusal_notice},
    server_fns::admin::RecordSale,
    types::admin::SaleProduct,
};

/// The panel with the form. The server records one sale for each `token`.
pub fn sale(
    member_id: i64,
    products: Vec<SaleProduct>,
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
        form(member_id, products, token, refusal).into_any()
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
    token: &str,
    refusal: &Refusal,
) -> impl IntoView + use<> {
    let typed = refusal.typed("product_id").to_owned();
    let options = products.into_iter().map(|product| {
        let id = product.id.to_string();
        let selected = id == typed;
        view! {
            <option value=id selected=selected>{format!("{} · {}", product.name, product.price)}</option>
        }
    });
    let error = refusal.about("product_id").map(str::to_owned);
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
            <button type="submit" class="button button-primary">"Record sale"</button>
        </form>
    }
}
