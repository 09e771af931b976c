//! The page of a purchase, which Stripe returns to: what was bought, and whether it is paid.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{member_or_sign_in, not_found};
use crate::{
    components::{PageTitle, internal_error},
    islands::Receipt,
    ports::{Ports, Viewer},
    types::Purchase,
};

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
            Ok(Some(purchase)) => page(purchase),
            Ok(None) => not_found(&ports),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! { <Suspense>{page}</Suspense> })
}

fn page(purchase: Purchase) -> AnyView {
    view! {
        <PageTitle title=purchase.line.product_name.clone() />
        <div class="page page-narrow">
            <Receipt purchase />
        </div>
    }
    .into_any()
}
