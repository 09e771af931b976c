//! The "Refer a Friend" card.

use leptos::prelude::*;

use crate::types::{Outcome, ReferralCard};

/// Creates the member's code, unless they have one. `next` is the page that asked, if that is not the dashboard.
#[server(endpoint = "get_referral_link")]
pub async fn get_referral_link(#[server(default)] next: String) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, types::local};

    let outcome = Ports::current().referrals.get_link(&next).await;
    let page = local::path(&next).unwrap_or("/dashboard");
    super::answer::answer("get_referral_link", page, &[], outcome).await
}

#[server(name = GetReferralCard, endpoint = "referral_card")]
pub async fn get_referral_card() -> Result<Option<ReferralCard>, ServerFnError> {
    crate::ports::Ports::current()
        .referrals
        .card()
        .await
        .map_err(|_| super::answer::internal_error())
}
