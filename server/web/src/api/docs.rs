//! `/api/docs`: Swagger UI for the OpenAPI document. Its files are part of the program.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header::CONTENT_SECURITY_POLICY},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::account::SiteKind;
use store::sites;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::{Answer, Failure, Kind, document};
use crate::{middleware::Host, state::AppState};

/// Swagger UI sets inline styles, and its icons are part of its style sheet.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
);

/// Swagger UI.
pub fn routes() -> Router<AppState> {
    let config = Config::from(document::PATH)
        .try_it_out_enabled(true)
        .persist_authorization(false)
        .validator_url("none");
    Router::from(SwaggerUi::new("/api/docs").config(config)).layer(
        SetResponseHeaderLayer::overriding(CONTENT_SECURITY_POLICY, POLICY),
    )
}

/// Answers 404 where the site does not show the API's documentation (`docs/rules.md` 154).
pub async fn where_it_is_shown(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let host = Host::of(request.headers(), request.uri(), state.config.scheme());
    match is_shown(&state, host).await {
        Ok(true) => next.run(request).await,
        Ok(false) => Failure::of(Kind::NotFound).into_response(),
        Err(failure) => failure.into_response(),
    }
}

async fn is_shown(state: &AppState, host: Option<Host>) -> Answer<bool> {
    let Some(host) = host else {
        return Ok(false);
    };
    let found = sites::by_host(state.db.reader(), &host.name).await?;
    Ok(found.is_some_and(|found| {
        let site = found.site;
        site.kind() == SiteKind::Tenant && site.row.api_docs
    }))
}
