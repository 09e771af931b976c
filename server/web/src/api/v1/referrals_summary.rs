//! `GET /api/v1/me/referrals/summary`: what the member's referrals come to (`docs/rules.md` 210).

use axum::{Json, extract::State};
use domain::{money::Money, referral::ReferralStatus};
use serde::Serialize;
use services::stripe_customers::balance;
use store::referrer_totals;
use utoipa::ToSchema;

use super::shapes::Amount;
use crate::{
    api::{Answer, Caller},
    state::AppState,
};

/// What the member's referrals come to.
#[derive(Serialize, ToSchema)]
pub struct ReferralsSummary {
    /// Friends who registered.
    #[schema(example = 4, minimum = 0)]
    joined: u64,
    /// Those of them whose credit is still to come.
    #[schema(example = 1, minimum = 0)]
    pending: u64,
    /// Those of them who earned the member a credit.
    #[schema(example = 3, minimum = 0)]
    credited: u64,
    /// What they earned, without what was taken back. Credit in another currency than the site's is left out.
    earned: Amount,
    /// The credit that can be used now; null while there is none, or it is not known.
    #[schema(required)]
    available: Option<Amount>,
}

/// The member's referrals in numbers
///
/// Over all of them, however many pages they fill.
#[utoipa::path(
    get,
    path = "/api/v1/me/referrals/summary",
    operation_id = "get_referrals_summary",
    tag = "Member",
    security(("bearer" = [])),
    responses((status = 200, description = "The numbers", body = ReferralsSummary))
)]
pub async fn summary(
    State(state): State<AppState>,
    caller: Caller,
) -> Answer<Json<ReferralsSummary>> {
    let (user, site) = (&caller.user, &caller.place.site);
    let totals = referrer_totals::of_referrer(state.db.reader(), user.site_id, user.id).await?;
    let currency = site.currency();
    let mut earned = totals.earned().into_iter();
    let earned = earned.find(|earned| earned.currency() == currency);
    let available = balance::available(&state, site, user).await?;
    Ok(Json(ReferralsSummary {
        joined: totals.referrals(None),
        pending: totals.referrals(Some(ReferralStatus::Pending)),
        credited: totals.referrals(Some(ReferralStatus::Credited)),
        earned: earned.unwrap_or(Money::new(0, currency)).into(),
        available: available.map(Amount::from),
    }))
}
