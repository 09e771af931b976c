//! The page of a purchase, which Stripe returns to: what was bought, and whether it is paid.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{member_or_sign_in, memberships, not_found};
use crate::{
    components::{PageTitle, internal_error},
    islands::Receipt,
    ports::{Ports, Viewer},
    types::{Membership, Purchase},
};

#[component]
pub fn PurchasePage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    member_or_sign_in(&viewer, &ports)?;
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let Some(id) = id else {
            return not_found(&ports);
        };
        match ports.purchases.one(id).await {
            Ok(Some(purchase)) => match ports.memberships.mine().await {
                Ok(all) => page(purchase, all, &viewer),
                Err(_) => internal_error(&ports),
            },
            Ok(None) => not_found(&ports),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! { <Suspense>{page}</Suspense> })
}

fn page(purchase: Purchase, mut memberships: Vec<Membership>, viewer: &Viewer) -> AnyView {
    memberships.retain(|membership| membership.purchase_id == purchase.line.id);
    let here = format!("/purchases/{}", purchase.line.id);
    let refusal = viewer.refusal("manage_membership");
    let membership = memberships::panel(memberships, &here, &refusal);
    view! {
        <PageTitle title=purchase.line.product_name.clone() />
        <div class="page page-narrow">
            <Receipt purchase />
            {membership}
        </div>
    }
    .into_any()
}
