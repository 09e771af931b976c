//! Receives every request under `/v1/`: records it, checks its idempotency key, and injects faults.

pub mod api_request;
mod execute;
mod idempotency;
pub mod response;

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tokio::sync::watch::Receiver;

use self::{
    api_request::{ApiRequest, Handling},
    execute::execute,
    response::{DropConnection, bad_gateway, drop_connection, error_response, json_response},
};
use crate::{
    authentication::{authenticate, header, sent_key},
    error::StripeError,
    faults,
    form::pairs,
    id,
    state::{SharedState, StripeState},
    types::{FaultKind, ReceivedRequest},
};

const MAX_BODY_BYTES: usize = 1 << 20;

pub async fn handle(State(shared): State<Arc<SharedState>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut form = pairs(head.uri.query().unwrap_or_default().as_bytes());
    form.extend(pairs(&body));
    let sent_idempotency_key = header(&head.headers, "idempotency-key");
    let mut request = ApiRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        pairs: form,
        scope: authenticate(&head.headers),
        idempotency_key: sent_idempotency_key
            .clone()
            .filter(|_| head.method == "POST"),
        request_id: id::new("req"),
        secret_key: sent_key(&head.headers),
    };
    let mut received = ReceivedRequest {
        method: request.method.clone(),
        path: request.path.clone(),
        secret_key: request.secret_key.clone(),
        account: header(&head.headers, "stripe-account"),
        idempotency_key: sent_idempotency_key,
        form: request.pairs.clone(),
        received_at: 0,
        fault: None,
        status: None,
    };
    // All of this is one change of state. A test that sees the request recorded can rely on its key
    // being in use and on a release reaching it.
    let (index, handling) = shared.change(|state| {
        request.scope = request
            .scope
            .clone()
            .and_then(|scope| state.authorize(scope));
        let handling = prepare(state, &request, shared.release_hung.subscribe());
        received.received_at = state.clock.now();
        received.fault = handling.fault.as_ref().map(|fault| fault.kind);
        state.requests.push(received);
        state.running_requests += 1;
        (state.requests.len() - 1, handling)
    });
    let generation = handling.generation;
    // The request runs in its own task, because Stripe finishes a request even if the client
    // disconnects.
    let task = tokio::spawn({
        let shared = shared.clone();
        async move {
            let response = respond(shared.clone(), request, handling).await;
            shared.change(|state| state.running_requests -= 1);
            response
        }
    });
    let failed = |_| StatusCode::INTERNAL_SERVER_ERROR.into_response();
    let response = task.await.unwrap_or_else(failed);
    if response.extensions().get::<DropConnection>().is_none() {
        shared.change(|state| {
            if let Some(received) = state
                .requests
                .get_mut(index)
                .filter(|_| state.generation == generation)
            {
                received.status = Some(response.status().as_u16());
            }
        });
    }
    response
}

fn prepare(
    state: &mut StripeState,
    request: &ApiRequest,
    release_signal: Receiver<u64>,
) -> Handling {
    let secret_key = request.secret_key.as_deref();
    let fault = faults::take_matching(state, &request.method, &request.path, secret_key);
    let not_executed = fault
        .as_ref()
        .is_some_and(|fault| prevents_execution(fault.kind));
    let stored_response = match (&request.scope, &request.idempotency_key) {
        (Ok(scope), Some(key)) if !not_executed => {
            let now = state.clock.now();
            idempotency::begin(state.store(scope), key, request, now)
        }
        _ => Ok(None),
    };
    Handling {
        fault,
        stored_response,
        release_signal,
        generation: state.generation,
    }
}

fn prevents_execution(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::FailBefore
            | FaultKind::DropBefore
            | FaultKind::TooManyRequests
            | FaultKind::Unauthorized
            | FaultKind::Forbidden
            | FaultKind::AmountTooSmall
            | FaultKind::Conflict
            | FaultKind::BadGateway
    )
}

async fn respond(
    shared: Arc<SharedState>,
    request: ApiRequest,
    mut handling: Handling,
) -> Response {
    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    let kind = handling.fault.as_ref().map(|fault| fault.kind);
    let outcome = match (
        kind.is_some_and(prevents_execution),
        handling.stored_response.clone(),
    ) {
        (true, _) => Err(StripeError::internal()),
        (false, Err(error)) => Err(error),
        (false, Ok(Some(stored))) => Ok(json_response(&request, &stored, true)),
        (false, Ok(None)) => execute(&shared, &request, &mut handling).await,
    };
    match kind {
        Some(FaultKind::FailBefore | FaultKind::FailAfter) => {
            error_response(&request, &StripeError::internal())
        }
        Some(FaultKind::DropBefore | FaultKind::DropAfter) => drop_connection(),
        Some(FaultKind::BadGateway | FaultKind::BadGatewayAfter) => bad_gateway(),
        Some(FaultKind::TooManyRequests) => error_response(&request, &StripeError::too_many()),
        Some(FaultKind::Unauthorized) => error_response(&request, &StripeError::expired()),
        Some(FaultKind::Forbidden) => {
            let key = request.secret_key.as_deref().unwrap_or_default();
            error_response(&request, &StripeError::forbidden(key))
        }
        Some(FaultKind::AmountTooSmall) => {
            let message = "The Checkout Session's total amount must convert to at least 50 cents.";
            error_response(&request, &StripeError::coded("amount_too_small", message))
        }
        Some(FaultKind::Conflict) => {
            let key = request.idempotency_key.as_deref().unwrap_or_default();
            error_response(&request, &StripeError::key_in_use(key))
        }
        _ => outcome.unwrap_or_else(|error| error_response(&request, &error)),
    }
}
