//! The id in a path.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use super::{Failure, Kind};

/// A number. Any other text in its place is answered 404.
pub struct Id(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<i64>::from_request_parts(parts, state).await;
        let Path(id) = path.map_err(|_| Failure::of(Kind::NotFound))?;
        Ok(Self(id))
    }
}
