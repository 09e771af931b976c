//! The mobile API: JSON for an app that registers, signs in and buys without a browser. Everything
//! under `/api` answers in JSON, and errors follow RFC 9457.

mod body;
mod caller;
mod comparable;
mod conditional;
mod cors;
mod cursor;
mod docs;
mod document;
mod fields;
mod id;
mod idempotency;
mod kinds;
mod paths;
mod problem;
mod quota;
mod tenant_context;
pub mod v1;

use axum::{
    Router,
    http::{HeaderValue, header::CACHE_CONTROL},
    middleware::{from_fn, from_fn_with_state},
    routing::any,
};
use tower::util::option_layer;
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

use self::{
    body::JsonBody,
    caller::Caller,
    problem::{Failure, Kind},
    tenant_context::TenantContext,
};
use crate::state::AppState;

type Answer<T> = Result<T, Failure>;

/// Every route under `/api`.
///
/// # Errors
/// If `CORS_ORIGINS` is not valid, or the OpenAPI document cannot be written.
pub fn routes(state: &AppState) -> anyhow::Result<Router<AppState>> {
    let once = from_fn_with_state(state.clone(), idempotency::once);
    let (endpoints, document) =
        v1::endpoints(|(schemas, paths, endpoint)| (schemas, paths, endpoint.layer(once.clone())))
            .split_for_parts();
    let documentation = docs::routes()
        .route(document::PATH, document::serve(document)?)
        .layer(from_fn(conditional::tag))
        .layer(from_fn_with_state(state.clone(), docs::where_it_is_shown));
    let nothing = || any(not_found);
    Ok(endpoints
        .method_not_allowed_fallback(method_not_allowed)
        .route("/api", nothing())
        .route("/api/{*rest}", nothing())
        .layer(from_fn_with_state(state.clone(), tenant_context::find))
        .layer(CatchPanicLayer::custom(problem::on_panic))
        .layer(from_fn(conditional::tag))
        .layer(SetResponseHeaderLayer::if_not_present(
            CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(option_layer(cors::layer(&state.config.cors_origins)?))
        .merge(documentation))
}

/// The OpenAPI document, indented, as it is committed.
///
/// # Errors
/// If it cannot be written as JSON.
pub fn openapi() -> anyhow::Result<String> {
    document::written(&v1::endpoints(|endpoint| endpoint).into_openapi())
}

async fn not_found() -> Failure {
    Failure::of(Kind::NotFound)
}

async fn method_not_allowed() -> Failure {
    Failure::of(Kind::MethodNotAllowed)
}
