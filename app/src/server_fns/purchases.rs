//! Buying.

use leptos::prelude::*;

use crate::types::Outcome;

/// Begins a purchase; `page` is the product's page, where a refusal is shown.
#[server(endpoint = "buy")]
pub async fn buy(
    #[server(default)] product_id: String,
    #[server(default)] page: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, types::local};

    /// No row has this id, so what is not a number is "no such product" like any other.
    const NO_PRODUCT: i64 = 0;
    let product_id = product_id.parse().unwrap_or(NO_PRODUCT);
    let outcome = Ports::current().purchases.buy(product_id).await;
    super::answer::answer("buy", local::path(&page).unwrap_or("/"), &[], outcome).await
}
