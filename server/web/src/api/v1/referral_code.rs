//! `GET /api/v1/referral-codes/{code}`: whether a code counts on this site, and whose it is.

use axum::{
    Json,
    extract::{Path, State},
};
use domain::referral::codes_in;
use serde::Serialize;
use services::referrals;
use utoipa::ToSchema;

use crate::{
    api::{Answer, Failure, Kind, TenantContext},
    state::AppState,
};

pub const PROBLEMS: &[Kind] = &[Kind::UnknownCode, Kind::TooManyRequests];

/// A code that counts on this site.
#[derive(Serialize, ToSchema)]
pub struct KnownCode {
    /// In lower case.
    #[schema(example = "ab3kx7mn")]
    code: String,
    /// First name of the member whose code it is.
    #[schema(example = "Mia")]
    first_name: String,
}

/// Whether a referral code is good here
///
/// And whose it is: the first name, nothing more. Case, hyphens, spaces, and signs around the code do not matter, and a
/// sentence or a link with the code in it is read too. Encode what was typed as one segment of the path, a slash as
/// `%2F`.
#[utoipa::path(
    get,
    path = "/api/v1/referral-codes/{code}",
    operation_id = "look_up_referral_code",
    tag = "Referral codes",
    params(("code" = String, Path, description = "As it was typed or shared", example = "ab3kx7mn")),
    responses((status = 200, description = "The code is valid on this site", body = KnownCode))
)]
pub async fn referral_code(
    State(state): State<AppState>,
    place: TenantContext,
    typed: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Answer<Json<KnownCode>> {
    state.rate_limiter.check_lookup(place.address)?;
    let unknown = || Failure::of(Kind::UnknownCode);
    let Path(typed) = typed.map_err(|_| unknown())?;
    let codes = codes_in(&typed);
    // Each code that a text could mean is a guess.
    for _ in 1..codes.len() {
        state.rate_limiter.check_lookup(place.address)?;
    }
    let owner = referrals::owner_of(state.db.reader(), place.site.id(), &codes).await?;
    let known = owner.and_then(|owner| {
        Some(KnownCode {
            code: owner.referral_code?,
            first_name: owner.first_name,
        })
    });
    known.map(Json).ok_or_else(unknown)
}
