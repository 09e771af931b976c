//! Pages of other origins: none may call the API, unless the operator names them.

use std::time::Duration;

use axum::http::{
    HeaderName, HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE},
};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::idempotency::{KEY, REPLAYED};

/// Lets pages of `origins` call, if there are some. Never with cookies: a call is signed in by its
/// token alone.
pub fn layer(origins: &[HeaderValue]) -> Option<CorsLayer> {
    let layer = || {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins.iter().cloned()))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([AUTHORIZATION, CONTENT_TYPE, HeaderName::from_static(KEY)])
            .expose_headers([
                LOCATION,
                RETRY_AFTER,
                WWW_AUTHENTICATE,
                HeaderName::from_static(REPLAYED),
            ])
            .max_age(Duration::from_secs(600))
    };
    (!origins.is_empty()).then(layer)
}
