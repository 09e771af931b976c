//! Whose token it is.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use services::accounts::devices;
use store::ApiTokenId;
use store::entities::user;

use super::{Failure, Kind, Place};
use crate::state::AppState;

/// The member who calls, by a token of this site.
#[derive(Clone)]
pub struct Caller {
    /// Where the call arrived.
    pub place: Place,
    /// The member.
    pub user: user::Model,
    /// Our id of the token.
    pub token_id: ApiTokenId,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let place = Place::from_request_parts(parts, state).await?;
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

/// The token of `Authorization: Bearer …` (RFC 6750, 2.1); the scheme in any case.
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
