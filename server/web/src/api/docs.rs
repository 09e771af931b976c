//! `/api/docs`: Swagger UI for the OpenAPI document. Its files are part of the program.

use axum::{
    Router,
    http::{HeaderValue, header::CONTENT_SECURITY_POLICY},
};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::document;
use crate::state::AppState;

/// Swagger UI sets inline styles, and its icons are part of its style sheet.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
);

pub fn routes() -> Router<AppState> {
    let config = Config::from(document::PATH)
        .try_it_out_enabled(true)
        .persist_authorization(false)
        .validator_url("none");
    Router::from(SwaggerUi::new("/api/docs").config(config)).layer(
        SetResponseHeaderLayer::overriding(CONTENT_SECURITY_POLICY, POLICY),
    )
}
