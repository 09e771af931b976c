//! Platform referrers.

use leptos::prelude::*;

use crate::types::{Outcome, admin::ReferrersPage};

/// The Platform Referrals tab.
#[cfg(feature = "ssr")]
const PAGE: &str = "/admin/referrals?tab=platform";

/// The page for the query of an address; empty without the right to see it.
#[server(name = ListReferrers, endpoint = "platform_referrers")]
pub async fn list_referrers(
    #[server(default)] query: String,
) -> Result<ReferrersPage, ServerFnError> {
    use domain::referral::ReferrerSearch;

    crate::ports::Ports::current()
        .platform_referrers
        .list(&ReferrerSearch::from_query(&query))
        .await
        .map_err(|_| crate::server_fns::answer::internal_error())
}

/// **Add Referrer**.
#[server(endpoint = "add_referrer")]
pub async fn add_referrer(
    #[server(default)] name: String,
    #[server(default)] email: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let outcome = Ports::current().platform_referrers.add(&name, &email).await;
    let typed = [("name", name.as_str()), ("email", &email)];
    answer("add_referrer", PAGE, &typed, outcome).await
}

/// Changes the name and the e-mail address; `back` is the page that shows the referrer.
#[server(endpoint = "change_referrer")]
pub async fn change_referrer(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] version: String,
    #[server(default)] back: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer, types::local};

    let referrers = Ports::current().platform_referrers;
    let outcome = referrers
        .change(read::id(&id), &name, &email, &version)
        .await;
    let typed = [("id", id.as_str()), ("name", &name), ("email", &email)];
    let back = local::path(&back).unwrap_or(PAGE);
    answer("change_referrer", back, &typed, outcome).await
}

/// Disables a code (`disabled` is `true`) or enables it again; `back` is the page that shows the referrer.
#[server(endpoint = "set_referrer_disabled")]
pub async fn set_referrer_disabled(
    #[server(default)] id: String,
    #[server(default)] disabled: String,
    #[server(default)] version: String,
    #[server(default)] back: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer, types::local};

    let referrers = Ports::current().platform_referrers;
    let outcome = referrers
        .set_disabled(read::id(&id), disabled == "true", &version)
        .await;
    let back = local::path(&back).unwrap_or(PAGE);
    answer("set_referrer_disabled", back, &[("id", &id)], outcome).await
}

/// **Use this customer**: where later credits of a platform referrer go.
#[server(endpoint = "choose_customer")]
pub async fn choose_customer(
    #[server(default)] id: String,
    #[server(default)] seen: String,
    #[server(default)] customer: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let id = read::id(&id);
    let referrers = Ports::current().platform_referrers;
    let outcome = referrers.choose_customer(id, &seen, &customer).await;
    let typed = [("customer", customer.as_str())];
    answer("choose_customer", &customer_page(id), &typed, outcome).await
}

/// **Move** of what an earlier Stripe customer of a platform referrer still has.
#[server(endpoint = "move_referrer_credit")]
pub async fn move_referrer_credit(
    #[server(default)] id: String,
    #[server(default)] from: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let id = read::id(&id);
    let outcome = Ports::current()
        .platform_referrers
        .move_credit(id, &from)
        .await;
    answer("move_referrer_credit", &customer_page(id), &[], outcome).await
}

/// The page with a platform referrer's Stripe customer.
pub fn customer_page(id: i64) -> String {
    format!("/admin/platform-referrers/{id}")
}
