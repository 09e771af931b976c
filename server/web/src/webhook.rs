//! `POST /webhooks/stripe/{account}`: Stripe's webhook endpoint. It verifies the signature of the
//! raw bytes.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use services::stripe_events;
use store::{
    location::Standing,
    stripe_accounts::{self, StripeAccount},
};
use stripe_gateway::signature;

use crate::state::AppState;

/// The answer while the database is a copy, or may be one.
const NOT_HERE: &str = "not stored: this may be a copy of another installation";

/// Takes a delivery and answers:
///
/// - 200: the event is stored, now or before.
/// - 400: the delivery is not signed with a secret of this account.
/// - 404: there is no such account.
/// - 409: the event is stored, but the payment of ours that it is about is not found here yet.
///   Stripe delivers it again, for as long as the payment may be found.
/// - 500: the event is not stored. Stripe delivers it again.
/// - 503: the event is not stored, because the database is a copy or may be one: the delivery
///   belongs to the original. Stripe delivers it again.
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

/// Notes for the account's admins that a delivery was refused. Anybody can send one, so that it
/// costs a write once a minute at most.
async fn note_refused(state: &AppState, account: &StripeAccount) -> anyhow::Result<()> {
    let now = state.now();
    let noted = account.notes.refused_at;
    if noted.is_none_or(|noted| now - noted >= stripe_accounts::REFUSED_EVERY) {
        stripe_accounts::note_refused(state.db.writer(), account.id, now).await?;
    }
    Ok(())
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
        // The public id is not logged, because it gives the webhook endpoint's address away.
        tracing::warn!(stripe_account = account.id.get(), %error, "a delivery was rejected");
        note_refused(state, &account).await?;
        return Ok((StatusCode::BAD_REQUEST, error.to_string()));
    }
    let taken = stripe_events::take(state, &account, body).await?;
    let status = match taken.waits {
        true => StatusCode::CONFLICT,
        false => StatusCode::OK,
    };
    Ok((status, taken.outcome))
}
