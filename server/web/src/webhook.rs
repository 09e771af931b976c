//! `POST /webhooks/stripe/{account}`: one transaction from the event's row to what it changes.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use sha2::{Digest, Sha256};

use super::{
    Event, dispatch,
    unmatched::{WAITS_FOR, millis},
};
use crate::{
    db::{
        location::Standing,
        stripe_accounts::{self, StripeAccount},
        stripe_events::{self, NewEvent},
    },
    services::checkout::told::Source,
    state::AppState,
    stripe::signature,
};

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
        true => stripe_accounts::by_public_id(state.db.conn(), &state.sealer, account).await?,
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
        tracing::warn!(stripe_account = account.id, %error, "a delivery was not believed");
        return Ok((StatusCode::BAD_REQUEST, error.to_string()));
    }
    apply(state, &account, body).await
}

async fn apply(
    state: &AppState,
    account: &StripeAccount,
    body: &[u8],
) -> anyhow::Result<(StatusCode, String)> {
    // PostgreSQL text holds no NUL; a NUL in JSON is written \u0000, so nothing authentic is lost.
    let body = String::from_utf8_lossy(body).replace('\0', "\u{fffd}");
    let event = Event::read(&body);
    let event_id = event
        .id
        .clone()
        .unwrap_or_else(|| hex::encode(Sha256::digest(&body)));
    let source = Source {
        stripe_account_id: account.id,
        platform: account.platform,
        mode: account.mode(),
        now_ms: state.clock.now_ms(),
    };
    let tx = state.db.begin().await?;
    let new = NewEvent {
        stripe_account_id: account.id,
        event_id: &event_id,
        kind: event.kind(),
        body: &body,
        livemode: event.livemode,
        received_at: source.now_ms,
    };
    let since = match stripe_events::insert_new(&tx, &new).await? {
        true => None,
        false => match stripe_events::lock_unmatched(&tx, account.id, &event_id).await? {
            Some(since) => Some(since),
            None => return Ok((StatusCode::OK, "seen before".to_owned())),
        },
    };
    let applied = dispatch(&tx, source, event).await?;
    let since = applied.unmatched.then(|| since.unwrap_or(source.now_ms));
    let (outcome, job) = (&applied.outcome, &applied.job);
    stripe_events::set_outcome(&tx, account.id, &event_id, outcome, since).await?;
    if let Some(job) = job {
        state.queue.enqueue(&tx, job).await?;
    }
    tx.commit().await?;
    if job.is_some() {
        state.queue.announce();
    }
    let still_waits = since.is_some_and(|since| source.now_ms - since < millis(WAITS_FOR));
    let status = match still_waits {
        true => StatusCode::CONFLICT,
        false => StatusCode::OK,
    };
    Ok((status, applied.outcome))
}
