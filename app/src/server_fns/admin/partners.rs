//! Platform referrers.

use leptos::prelude::*;

use crate::types::{Outcome, admin::Partner};

/// The Platform Referrals tab.
#[cfg(feature = "ssr")]
const PAGE: &str = "/admin/referrals?tab=platform";

/// Everybody, newest first; empty without the right to see them.
#[server(name = ListReferrers, endpoint = "platform_referrers")]
pub async fn list_referrers() -> Result<Vec<Partner>, ServerFnError> {
    crate::ports::Ports::current()
        .partners
        .list()
        .await
        .map_err(|_| crate::server_fns::answer::broken())
}

/// **Add Referrer**.
#[server(endpoint = "add_referrer")]
pub async fn add_referrer(
    #[server(default)] name: String,
    #[server(default)] email: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let outcome = Ports::current().partners.add(&name, &email).await;
    let typed = [("name", name.as_str()), ("email", &email)];
    answer("add_referrer", PAGE, &typed, outcome).await
}

/// Another name or address.
#[server(endpoint = "change_referrer")]
pub async fn change_referrer(
    #[server(default)] id: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let partners = Ports::current().partners;
    let outcome = partners
        .change(read::id(&id), &name, &email, &version)
        .await;
    let typed = [("id", id.as_str()), ("name", &name), ("email", &email)];
    answer("change_referrer", PAGE, &typed, outcome).await
}

/// Switches a code off (`disabled` is `true`) or on again.
#[server(endpoint = "set_referrer_disabled")]
pub async fn set_referrer_disabled(
    #[server(default)] id: String,
    #[server(default)] disabled: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let partners = Ports::current().partners;
    let outcome = partners
        .set_disabled(read::id(&id), disabled == "true", &version)
        .await;
    answer("set_referrer_disabled", PAGE, &[("id", &id)], outcome).await
}
