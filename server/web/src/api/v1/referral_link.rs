//! `POST /api/v1/me/referral-link`: the member's referral link, created on the first call.

use axum::{Json, extract::State};
use domain::sharing::{Channel, share_text};
use serde::Serialize;
use services::referrals::{code_of, link};
use utoipa::ToSchema;

use crate::{
    api::{Answer, Caller, Failure, Kind, TenantContext},
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
    /// What the site says along with the link, which is in it, marked as shared from a menu: to be shared as it is, or
    /// changed by the member.
    #[schema(example = "Join me at Detroit Arms: https://detroitarms.com?ref=ab3kx7mn&via=share")]
    share_text: String,
}

/// The member's referral link
///
/// Makes the code at the first call, and never another one: each call answers the same. While the program is off there
/// is nothing to share; the code stays.
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
    if !place.site.tenant_credit().is_positive() {
        return Err(Failure::of(Kind::ProgramOff));
    }
    let code = code_of(&state, &place.site, &caller.user).await?;
    let code = code.ok_or_else(|| Failure::of(Kind::ProgramOff))?;
    let (link, share_text) = shared_by_app(place, &code);
    Ok(Json(ReferralLink {
        code,
        link,
        share_text,
    }))
}

/// The link with this code as the guide writes it, and what the app's own menu passes on (`docs/rules.md` 230).
pub fn shared_by_app(place: &TenantContext, code: &str) -> (String, String) {
    let link = link(&place.base_url, code);
    let site = &place.site.row;
    let marked = Channel::Share.marked(&link);
    let text = share_text(&marked, &site.name, site.share_message.as_deref());
    (link, text)
}
