//! Executes a request and stores its response under the idempotency key.

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use crate::{
    api,
    authentication::Scope,
    call::Call,
    contract,
    error::StripeError,
    faults::hang,
    request::{
        api_request::{ApiRequest, Handling},
        idempotency,
        response::json_response,
    },
    state::{SharedState, StripeState},
    store::idempotency::StoredResponse,
    types::FaultKind,
};

pub async fn execute(
    shared: &Arc<SharedState>,
    request: &ApiRequest,
    handling: &mut Handling,
) -> Result<Response, StripeError> {
    let scope = request.scope.clone()?;
    let Handling {
        fault,
        release_signal,
        generation,
        ..
    } = handling;
    hang(release_signal, fault.as_ref(), FaultKind::Hang).await;
    let kind = fault.as_ref().map(|fault| fault.kind);
    let stored = shared.change(|state| {
        // After a reset, a request from before it must change nothing.
        let reset_since = state.generation != *generation;
        let outcome = match kind {
            _ if reset_since => Err(StripeError::internal()),
            Some(FaultKind::Sticky500) => Err(StripeError::internal()),
            Some(FaultKind::Sticky500After) => {
                run(state, &scope, &shared.base_url, request).and(Err(StripeError::internal()))
            }
            _ => run(state, &scope, &shared.base_url, request),
        };
        let (status, body) = match outcome {
            Ok(value) => (200, value),
            Err(error) => (error.status, error.body()),
        };
        StoredResponse {
            status,
            body: format!("{body:#}"),
            request_id: request.request_id.clone(),
        }
    });
    hang(release_signal, fault.as_ref(), FaultKind::HangAfter).await;
    if let Some(key) = &request.idempotency_key {
        shared.change(|state| {
            if state.generation == *generation {
                idempotency::finish(
                    state.store(&scope),
                    &request.idempotency_record_name(key),
                    &stored,
                );
            }
        });
    }
    Ok(json_response(request, &stored, false))
}

fn run(
    state: &mut StripeState,
    scope: &Scope,
    base_url: &str,
    request: &ApiRequest,
) -> Result<Value, StripeError> {
    let operation = contract::find(&request.method, &request.path)
        .ok_or_else(|| StripeError::unknown_url(&request.method, &request.path))?;
    let event_request =
        json!({ "id": request.request_id, "idempotency_key": request.idempotency_key });
    let mut call = Call::new(state, scope.clone(), base_url, event_request);
    if let Some(key) = &request.secret_key {
        call.sent_key.clone_from(key);
    }
    api::permissions::check(operation.name, &call.sent_key, scope)?;
    call.params = operation.check(&request.pairs)?;
    call.ids = operation.ids;
    let sizes = call.store().sizes();
    api::dispatch(operation.name, &mut call).inspect_err(|_| call.store().roll_back_to(&sizes))
}
