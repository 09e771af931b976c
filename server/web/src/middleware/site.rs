//! Finds the site that the host names, and leads from its other hosts to the canonical one.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        Method, StatusCode,
        header::{CACHE_CONTROL, LOCATION},
        uri::PathAndQuery,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use services::mail::unsubscribe::ONE_CLICK;
use store::sites::{self, AtHost};

use super::Host;
use crate::{error_page, state::AppState};

/// Puts [`Host`] and `Arc<Site>` into the request; a host without a site gets a clear 404. A host that
/// is not the site's canonical one leads there (`docs/rules.md` 90), before anything sets a cookie.
pub async fn find_site(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(host) = Host::of(request.headers(), request.uri(), state.config.scheme()) else {
        return (StatusCode::BAD_REQUEST, "This request has no valid host.\n").into_response();
    };
    match sites::by_host(state.db.reader(), &host.name).await {
        Ok(Some(AtHost { site, canonical })) => {
            if let Some(canonical) = canonical.filter(|_| !stays(&request)) {
                return lead_to(&state.config.base_url(&canonical), &request);
            }
            request.extensions_mut().insert(Arc::new(site));
            request.extensions_mut().insert(host);
            next.run(request).await
        }
        Ok(None) => error_page::page(StatusCode::NOT_FOUND, app::unknown_host_page(&host.name)),
        Err(error) => error_page::internal_error(&error.into()),
    }
}

/// Whether the request is answered at whichever host. A mail program that unsubscribes somebody does
/// not follow redirects (RFC 8058, 3.1).
fn stays(request: &Request) -> bool {
    *request.method() == Method::POST && request.uri().path() == ONE_CLICK
}

/// Sends the request to the same path and query at `base_url`, byte for byte, with its method and
/// body. The answer is not stored: another host may be canonical tomorrow, and two stored answers that
/// lead to each other would never end.
fn lead_to(base_url: &str, request: &Request) -> Response {
    let address = request.uri().path_and_query();
    let address = address.map_or("/", PathAndQuery::as_str);
    let to = match address.starts_with('/') {
        true => format!("{base_url}{address}"),
        // `OPTIONS *` is about the server.
        false => format!("{base_url}/"),
    };
    let headers = [(LOCATION, to), (CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::PERMANENT_REDIRECT, headers).into_response()
}
