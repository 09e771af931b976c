//! The way in for every call under `/v1/`: recording, faults, keys, idempotency, and the answer.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::json;
use tokio::sync::watch::Receiver;

use crate::{
    account::{Scope, admit, header, key},
    contract,
    error::StripeError,
    faults,
    form::{Pairs, pairs},
    id,
    idempotency::{self, Answer},
    routes::{self, Call},
    types::{Fault, FaultKind, Received},
    world::Shared,
};

/// Marks a response that must never be sent: the connection is closed instead.
#[derive(Clone, Copy)]
pub struct Dropped;

struct Asked {
    method: String,
    path: String,
    pairs: Pairs,
    scope: Result<Scope, StripeError>,
    idempotency_key: Option<String>,
    request_id: String,
}

/// Answers one call.
pub async fn enter(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 1 << 20).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut form = pairs(head.uri.query().unwrap_or_default().as_bytes());
    form.extend(pairs(&body));
    // Before the call can be seen to have come in, so that no release is missed.
    let released = shared.hung.subscribe();
    let sent_key = key(&head.headers);
    let asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        pairs: form,
        scope: admit(&head.headers),
        idempotency_key: header(&head.headers, "idempotency-key").filter(|_| head.method == "POST"),
        request_id: id::new("req"),
    };
    let (number, fault, era) = shared.change(|world| {
        world.requests.push(Received {
            method: asked.method.clone(),
            path: asked.path.clone(),
            secret_key: sent_key.clone(),
            account: header(&head.headers, "stripe-account"),
            idempotency_key: header(&head.headers, "idempotency-key"),
            form: asked.pairs.clone(),
            status: None,
        });
        let fault = faults::take(world, &asked.method, &asked.path, sent_key.as_deref());
        (world.requests.len() - 1, fault, world.era)
    });
    // In a task of its own: Stripe finishes what it began although the caller has hung up.
    let task = tokio::spawn(respond(shared.clone(), asked, fault, released));
    let response = task
        .await
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    if response.extensions().get::<Dropped>().is_none() {
        shared.change(|world| {
            if let Some(received) = world.requests.get_mut(number).filter(|_| world.era == era) {
                received.status = Some(response.status().as_u16());
            }
        });
    }
    response
}

async fn respond(
    shared: Arc<Shared>,
    asked: Asked,
    fault: Option<Fault>,
    mut released: Receiver<u64>,
) -> Response {
    let kind = fault.as_ref().map(|fault| fault.kind);
    match kind {
        Some(FaultKind::FailBefore) => return refusal(&asked, &StripeError::internal()),
        Some(FaultKind::DropBefore) => return dropped(),
        Some(FaultKind::TooManyRequests) => return refusal(&asked, &StripeError::too_many()),
        Some(FaultKind::BadGateway) => return bad_gateway(),
        Some(FaultKind::Conflict) => {
            let key = asked.idempotency_key.as_deref().unwrap_or_default();
            return refusal(&asked, &StripeError::key_in_use(key));
        }
        _ => {}
    }
    let outcome = execute(&shared, &asked, fault.as_ref(), &mut released).await;
    match kind {
        Some(FaultKind::FailAfter) => refusal(&asked, &StripeError::internal()),
        Some(FaultKind::DropAfter) => dropped(),
        Some(FaultKind::BadGatewayAfter) => bad_gateway(),
        _ => outcome.unwrap_or_else(|error| refusal(&asked, &error)),
    }
}

async fn execute(
    shared: &Arc<Shared>,
    asked: &Asked,
    fault: Option<&Fault>,
    released: &mut Receiver<u64>,
) -> Result<Response, StripeError> {
    let scope = asked.scope.clone()?;
    if let Some(key) = &asked.idempotency_key {
        let begun = shared.change(|world| {
            let now = world.clock.now();
            idempotency::begin(world.store(&scope), key, &asked.path, &asked.pairs, now)
        })?;
        if let Some(answer) = begun {
            return Ok(reply(asked, &answer, true));
        }
    }
    faults::hang(released, fault, FaultKind::Hang).await;
    let answer = shared.change(|world| {
        let sticky = |kind| fault.is_some_and(|fault| fault.kind == kind);
        let outcome = if sticky(FaultKind::Sticky500) {
            Err(StripeError::internal())
        } else {
            let cause = json!({ "id": asked.request_id, "idempotency_key": asked.idempotency_key });
            let mut call = Call::new(world, scope.clone(), &shared.base_url, cause);
            run(&mut call, asked)
        };
        let outcome = outcome.and_then(|value| {
            if sticky(FaultKind::Sticky500After) {
                Err(StripeError::internal())
            } else {
                Ok(value)
            }
        });
        let (status, body) = match outcome {
            Ok(value) => (200, value),
            Err(error) => (error.status, error.body()),
        };
        let request_id = asked.request_id.clone();
        Answer {
            status,
            body: format!("{body:#}"),
            request_id,
        }
    });
    faults::hang(released, fault, FaultKind::HangAfter).await;
    if let Some(key) = &asked.idempotency_key {
        shared.change(|world| idempotency::end(world.store(&scope), key, &answer));
    }
    Ok(reply(asked, &answer, false))
}

fn run(call: &mut Call, asked: &Asked) -> Result<serde_json::Value, StripeError> {
    let operation = contract::find(&asked.method, &asked.path)
        .ok_or_else(|| StripeError::unknown_url(&asked.method, &asked.path))?;
    call.params = operation.check(&asked.pairs)?;
    call.ids = operation.ids;
    routes::dispatch(operation.name, call)
}

fn refusal(asked: &Asked, error: &StripeError) -> Response {
    let body = format!("{:#}", error.body());
    let request_id = asked.request_id.clone();
    reply(
        asked,
        &Answer {
            status: error.status,
            body,
            request_id,
        },
        false,
    )
}

fn reply(asked: &Asked, answer: &Answer, replayed: bool) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(Bytes::from(answer.body.clone()))).into_response();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set("content-type", "application/json");
    set("request-id", &asked.request_id);
    set("stripe-version", contract::version());
    if let Some(key) = &asked.idempotency_key {
        set("idempotency-key", key);
    }
    if replayed {
        set("idempotent-replayed", "true");
        set("original-request", &answer.request_id);
    }
    response
}

fn dropped() -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Dropped);
    response
}

fn bad_gateway() -> Response {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>\
                <center><h1>502 Bad Gateway</h1></center></body></html>";
    (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, "text/html")], page).into_response()
}
