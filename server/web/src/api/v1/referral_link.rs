//! `POST /api/v1/me/referral-link`: the member's referral link, created on the first call.

use axum::{Json, extract::State};
use domain::sharing::share_text;
use serde::Serialize;
use services::referrals::{code_of, link};
use utoipa::ToSchema;

use crate::{
    api::{Answer, Caller, Failure, Kind},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::ProgramOff];

/// What a member shares.
#[derive(Serialize, ToSchema)]
pub struct ReferralLink {
    #[schema(example = "ab3kx7mn", min_length = 8, max_length = 8)]
    code: String,
    /// The code on the home page; `?ref=` works on any page of the site.
    #[schema(example = "https://detroitarms.com?ref=ab3kx7mn")]
    link: String,
    /// What the site says along with the link, which is in it: to be shared as it is, or changed by the member.
    #[schema(example = "Join me at Detroit Arms: https://detroitarms.com?ref=ab3kx7mn")]
    share_text: String,
}

/// The member's referral link
///
/// Makes the code at the first call, and never another one: each call answers the same.
#[utoipa::path(
    post,
    path = "/api/v1/me/referral-link",
    operation_id = "make_referral_link",
    tag = "Member",
    security(("bearer" = [])),
    responses((status = 200, description = "The link", body = ReferralLink))
)]
pub async fn referral_link(
    State(state): State<AppState>,
    caller: Caller,
) -> Answer<Json<ReferralLink>> {
    let place = &caller.place;
    let code = code_of(&state, &place.site, &caller.user).await?;
    let code = code.ok_or_else(|| Failure::of(Kind::ProgramOff))?;
    let link = link(&place.base_url, &code);
    let row = &place.site.row;
    let share_text = share_text(&link, &row.name, row.share_message.as_deref());
    Ok(Json(ReferralLink {
        code,
        link,
        share_text,
    }))
}
