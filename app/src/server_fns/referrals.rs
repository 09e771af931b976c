//! The "Refer a Friend" card.

use leptos::prelude::*;

use crate::types::{Outcome, ReferralCard};

/// Creates the member's code, unless they have one.
#[server(endpoint = "get_referral_link")]
pub async fn get_referral_link() -> Result<Outcome, ServerFnError> {
    let outcome = crate::ports::Ports::current().referrals.get_link().await;
    super::answer::answer("get_referral_link", "/dashboard", &[], outcome).await
}

#[server(name = GetReferralCard, endpoint = "referral_card")]
pub async fn get_referral_card() -> Result<Option<ReferralCard>, ServerFnError> {
    crate::ports::Ports::current()
        .referrals
        .card()
        .await
        .map_err(|_| super::answer::internal_error())
}
