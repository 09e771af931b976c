//! `POST /webhooks/stripe/{account}`, verified on the raw bytes.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use services::stripe_events;
use store::{location::Standing, stripe_accounts};
use stripe_gateway::signature;

use crate::state::AppState;

/// What a database that is a copy, or may be one, answers.
const NOT_HERE: &str = "not stored: this may be a copy of another installation";

/// Takes a delivery. 200: stored, now or before. 400: not signed with a secret of this account.
/// 404: no such account. 409: stored, and about a payment of ours that is not found here yet; Stripe
/// delivers again, for as long as it may be found. 500: not stored; Stripe delivers again. 503: the
/// same, because the database is a copy, or may be one: the delivery belongs to the original.
pub async fn receive(
    State(state): State<AppState>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    match take(&state, &account, &headers, &body).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!("a Stripe event could not be stored: {error:#}");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "not stored; deliver it again".to_owned(),
            )
        }
    }
}

async fn take(
    state: &AppState,
    account: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> anyhow::Result<(StatusCode, String)> {
    if matches!(state.standing, Standing::Elsewhere { .. }) {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, NOT_HERE.to_owned()));
    }
    let known = account.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let account = match known {
        true => stripe_accounts::by_public_id(state.db.reader(), &state.sealer, account).await?,
        false => None,
    };
    let Some(account) = account else {
        if state.standing == Standing::Detached {
            return Ok((StatusCode::SERVICE_UNAVAILABLE, NOT_HERE.to_owned()));
        }
        return Ok((StatusCode::NOT_FOUND, "no such account".to_owned()));
    };
    let header = headers
        .get("stripe-signature")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let now_unix = state.clock.now().unix_timestamp();
    if let Err(error) = signature::verify(header, body, &account.webhook_secrets, now_unix) {
        // Not the public id: who knows it knows the webhook's address.
        tracing::warn!(stripe_account = account.id.get(), %error, "a delivery was not believed");
        return Ok((StatusCode::BAD_REQUEST, error.to_string()));
    }
    let taken = stripe_events::take(state, &account, body).await?;
    let status = match taken.waits {
        true => StatusCode::CONFLICT,
        false => StatusCode::OK,
    };
    Ok((status, taken.outcome))
}
