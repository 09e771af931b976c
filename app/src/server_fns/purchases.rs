//! Buying.

use leptos::prelude::*;

use crate::types::{Outcome, Purchase};

/// Starts a purchase. `page` is the product's page, which shows a refusal. `another` is not empty if
/// the member wants a second membership of this product, `use_credit` if the member uses credit;
/// `to_pay` holds the cents that the page said are then left to pay.
#[server(endpoint = "buy")]
pub async fn buy(
    #[server(default)] product_id: String,
    #[server(default)] page: String,
    #[server(default)] another: String,
    #[server(default)] use_credit: String,
    #[server(default)] to_pay: String,
    #[server(default)] form_token: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{
        ports::Ports,
        types::{BuyForm, local},
    };

    let form = BuyForm {
        product_id: id_of(&product_id),
        another: !another.is_empty(),
        // Without a number the page promised that nothing is left to pay.
        credit: (!use_credit.is_empty()).then(|| to_pay.parse().unwrap_or(0)),
        form_token,
    };
    let outcome = Ports::current().purchases.buy(form).await;
    super::answer::answer("buy", local::path(&page).unwrap_or("/"), &[], outcome).await
}

/// Expires the open Checkout session of a purchase, or, without one, for a product.
#[server(endpoint = "release_checkout")]
pub async fn release_checkout(
    #[server(default)] product_id: String,
    #[server(default)] purchase_id: String,
    #[server(default)] page: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, types::local};

    let purchase_id = (!purchase_id.is_empty()).then(|| id_of(&purchase_id));
    let purchases = Ports::current().purchases;
    let outcome = purchases.release(id_of(&product_id), purchase_id).await;
    super::answer::answer(
        "release_checkout",
        local::path(&page).unwrap_or("/"),
        &[],
        outcome,
    )
    .await
}

/// One purchase; `None` if it is not the member's.
#[server(endpoint = "purchase")]
pub async fn get_purchase(
    #[server(default)] purchase_id: String,
) -> Result<Option<Purchase>, ServerFnError> {
    use crate::ports::Ports;

    let purchase = Ports::current().purchases.one(id_of(&purchase_id)).await;
    purchase.map_err(|_| super::answer::internal_error())
}

/// No row has the id 0, so an id that is not a number finds nothing.
#[cfg(feature = "ssr")]
fn id_of(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}
