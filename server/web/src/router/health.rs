//! Health checks: whether the process is alive, and whether it is ready for work.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::state::AppState;

/// `GET /healthz`: 200 while the process answers at all. It checks no dependency, so that a
/// supervisor does not restart the process because a database is down.
pub async fn lives() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: 200, or 503 with the reasons.
pub async fn is_ready(State(state): State<AppState>) -> Response {
    let reasons = services::readiness::reasons(&state).await;
    let (status, answer) = match reasons.is_empty() {
        true => (StatusCode::OK, json!({ "status": "ready" })),
        false => (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({ "status": "not ready", "reasons": reasons }),
        ),
    };
    (status, [(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}
