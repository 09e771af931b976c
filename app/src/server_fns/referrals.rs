//! The "Refer a Friend" card, and what follows what happens on the dashboard.

use leptos::prelude::*;

use crate::types::{Dashboard, Outcome};

/// Creates the member's code, unless they have one. `next` is the page that asked, if that is not the dashboard.
#[server(endpoint = "get_referral_link")]
pub async fn get_referral_link(#[server(default)] next: String) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, types::local};

    let outcome = Ports::current().referrals.get_link(&next).await;
    let page = local::path(&next).unwrap_or("/dashboard");
    super::answer::answer("get_referral_link", page, &[], outcome).await
}

/// What the dashboard says of credit and friends.
#[server(endpoint = "dashboard")]
pub async fn get_dashboard() -> Result<Option<Dashboard>, ServerFnError> {
    crate::ports::Ports::current()
        .referrals
        .dashboard()
        .await
        .map_err(|_| super::answer::internal_error())
}

/// Links the member to who referred them, by their code or link.
#[server(endpoint = "name_referrer")]
pub async fn name_referrer(#[server(default)] code: String) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, types::REFERRER_PATH};

    let outcome = Ports::current().referrals.name_referrer(&code).await;
    let page = match &outcome {
        Ok(Outcome::Done(_)) => "/dashboard",
        _ => REFERRER_PATH,
    };
    let typed = [("code", code.as_str())];
    super::answer::answer("name_referrer", page, &typed, outcome).await
}
