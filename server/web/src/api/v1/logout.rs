//! `POST /api/v1/auth/logout`: signs the device out.

use axum::{extract::State, http::StatusCode};
use store::api_tokens;

use crate::{
    api::{Answer, Caller},
    state::AppState,
};

/// Signs this device out
///
/// Its token is worth nothing from then on.
#[utoipa::path(
    post,
    path = "/api/v1/auth/logout",
    operation_id = "logout",
    tag = "Accounts",
    security(("bearer" = [])),
    responses((status = 204, description = "Signed out"))
)]
pub async fn logout(State(state): State<AppState>, caller: Caller) -> Answer<StatusCode> {
    let (db, user) = (state.db.writer(), &caller.user);
    api_tokens::revoke(db, user.site_id, user.id, caller.token_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
