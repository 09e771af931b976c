//! Error pages that work whatever is broken: they need neither a site nor the database.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// Such a page contains its own style and loads nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
);
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A page that belongs to no site.
pub fn page(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    (status, headers, Html(html)).into_response()
}

/// Logs `error`; the visitor learns only that something broke.
pub fn internal_error(error: &anyhow::Error) -> Response {
    tracing::error!("{error:#}");
    page(StatusCode::INTERNAL_SERVER_ERROR, app::broken_page())
}
