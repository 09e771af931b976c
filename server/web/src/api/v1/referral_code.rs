//! `GET /api/v1/referral-codes/{code}`: whether a code counts on this site, and whose it is.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use services::referrals;
use store::users;
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
    let db = state.db.reader();
    let code = referrals::code_that_counts(db, &place.site, &typed).await?;
    let code = code.ok_or_else(unknown)?;
    let owner = users::by_referral_code(db, place.site.id(), &code).await?;
    let owner = owner.ok_or_else(unknown)?;
    Ok(Json(KnownCode {
        code: code.as_str().to_owned(),
        first_name: owner.first_name,
    }))
}
