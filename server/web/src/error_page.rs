//! Pages that come out whatever is broken.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// Such a page brings its own style and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
);
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A page without a site.
pub fn page(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    (status, headers, Html(html)).into_response()
}

/// Writes `error` down; the person learns only that something broke.
pub fn broken(error: &anyhow::Error) -> Response {
    tracing::error!("{error:#}");
    page(StatusCode::INTERNAL_SERVER_ERROR, app::broken_page())
}
