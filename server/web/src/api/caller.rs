//! Finds the member whose API token a call carries.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use services::accounts::devices;
use store::{ApiTokenId, entities::user};

use super::{Failure, Kind, TenantContext};
use crate::state::AppState;

/// The member who calls, by an API token of this site.
#[derive(Clone)]
pub struct Caller {
    pub place: TenantContext,
    pub user: user::Model,
    pub token_id: ApiTokenId,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let place = TenantContext::from_request_parts(parts, state).await?;
        let token = bearer(&parts.headers)?;
        let found = devices::find(state, place.site.id(), token).await?;
        let (user, row) = found.ok_or_else(|| Failure::of(Kind::InvalidToken))?;
        Ok(Self {
            place,
            user,
            token_id: row.id,
        })
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750, 2.1). The scheme may be in any case.
pub fn bearer(headers: &HeaderMap) -> Result<&str, Failure> {
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    let (header, more) = (sent.next(), sent.next());
    let header = header.ok_or_else(|| Failure::of(Kind::Unauthenticated))?;
    let invalid = || Failure::of(Kind::InvalidToken);
    let text = header.to_str().map_err(|_| invalid())?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && more.is_none() => {
            Ok(token.trim())
        }
        _ => Err(invalid()),
    }
}
