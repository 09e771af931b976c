//! Finds the site that the host names.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use store::sites;

use super::Host;
use crate::{error_page, state::AppState};

/// Puts [`Host`] and `Arc<Site>` into the request; a host without a site gets a clear 404.
pub async fn find_site(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(host) = Host::of(request.headers(), request.uri(), state.config.scheme()) else {
        return (StatusCode::BAD_REQUEST, "This request has no valid host.\n").into_response();
    };
    match sites::by_host(state.db.reader(), &host.name).await {
        Ok(Some(site)) => {
            request.extensions_mut().insert(Arc::new(site));
            request.extensions_mut().insert(host);
            next.run(request).await
        }
        Ok(None) => error_page::page(StatusCode::NOT_FOUND, app::unknown_host_page(&host.name)),
        Err(error) => error_page::internal_error(&error.into()),
    }
}
