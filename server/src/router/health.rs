//! Whether this process can do its work.

use axum::{extract::State, http::StatusCode};
use sea_orm::ConnectionTrait;

use crate::state::AppState;

/// `GET /healthz`: 200 once the database has answered a query.
pub async fn check(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match state.db.conn().execute_unprepared("SELECT 1").await {
        Ok(_) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer\n",
            )
        }
    }
}
