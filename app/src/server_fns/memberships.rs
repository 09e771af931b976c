//! A member's memberships.

use leptos::prelude::*;

use crate::types::Outcome;

/// Opens Stripe's billing portal for the membership of a purchase. `page` shows a refusal.
#[server(endpoint = "manage_membership")]
pub async fn manage_membership(
    #[server(default)] purchase_id: String,
    #[server(default)] page: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, types::local};

    // No row has the id 0.
    let id = purchase_id.parse().unwrap_or(0);
    let outcome = Ports::current().memberships.manage(id).await;
    let page = local::path(&page).unwrap_or("/dashboard");
    super::answer::answer("manage_membership", page, &[], outcome).await
}
