//! The way in for every call under `/v1/`: it is recorded, its key begins, and faults strike.

pub mod asked;
mod execute;
mod idempotency;
pub mod reply;

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tokio::sync::watch::Receiver;

use self::{
    asked::{Asked, Course},
    execute::execute,
    reply::{Dropped, bad_gateway, dropped, refusal, reply},
};
use crate::{
    account::{admit, header, key},
    error::StripeError,
    faults,
    form::pairs,
    id,
    types::{FaultKind, Received},
    world::{Shared, World},
};

const LONGEST_BODY: usize = 1 << 20;

/// Answers one call.
pub async fn enter(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LONGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut form = pairs(head.uri.query().unwrap_or_default().as_bytes());
    form.extend(pairs(&body));
    let sent_idempotency_key = header(&head.headers, "idempotency-key");
    let mut asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        pairs: form,
        scope: admit(&head.headers),
        idempotency_key: sent_idempotency_key
            .clone()
            .filter(|_| head.method == "POST"),
        request_id: id::new("req"),
        secret_key: key(&head.headers),
    };
    let received = Received {
        method: asked.method.clone(),
        path: asked.path.clone(),
        secret_key: asked.secret_key.clone(),
        account: header(&head.headers, "stripe-account"),
        idempotency_key: sent_idempotency_key,
        form: asked.pairs.clone(),
        status: None,
    };
    // One change for all of it: whoever sees that the call came in can rely on its key being in use,
    // and on its hearing a release.
    let (number, course) = shared.change(|world| {
        asked.scope = asked.scope.clone().and_then(|scope| world.admitted(scope));
        let course = begin(world, &asked, shared.hung.subscribe());
        world.requests.push(received);
        world.under_way += 1;
        (world.requests.len() - 1, course)
    });
    let era = course.era;
    // In a task of its own: Stripe finishes what it began although the caller has hung up.
    let task = tokio::spawn({
        let shared = shared.clone();
        async move {
            let response = respond(shared.clone(), asked, course).await;
            shared.change(|world| world.under_way -= 1);
            response
        }
    });
    let failed = |_| StatusCode::INTERNAL_SERVER_ERROR.into_response();
    let response = task.await.unwrap_or_else(failed);
    if response.extensions().get::<Dropped>().is_none() {
        shared.change(|world| {
            if let Some(received) = world.requests.get_mut(number).filter(|_| world.era == era) {
                received.status = Some(response.status().as_u16());
            }
        });
    }
    response
}

fn begin(world: &mut World, asked: &Asked, released: Receiver<u64>) -> Course {
    let secret_key = asked.secret_key.as_deref();
    let fault = faults::take(world, &asked.method, &asked.path, secret_key);
    let untouched = fault
        .as_ref()
        .is_some_and(|fault| strikes_first(fault.kind));
    let begun = match (&asked.scope, &asked.idempotency_key) {
        (Ok(scope), Some(key)) if !untouched => {
            let now = world.clock.now();
            idempotency::begin(world.store(scope), key, asked, now)
        }
        _ => Ok(None),
    };
    Course {
        fault,
        begun,
        released,
        era: world.era,
    }
}

fn strikes_first(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::FailBefore
            | FaultKind::DropBefore
            | FaultKind::TooManyRequests
            | FaultKind::Unauthorized
            | FaultKind::Forbidden
            | FaultKind::Conflict
            | FaultKind::BadGateway
    )
}

async fn respond(shared: Arc<Shared>, asked: Asked, mut course: Course) -> Response {
    if !shared.answer_after.is_zero() {
        tokio::time::sleep(shared.answer_after).await;
    }
    let kind = course.fault.as_ref().map(|fault| fault.kind);
    let outcome = match (kind.is_some_and(strikes_first), course.begun.clone()) {
        (true, _) => Err(StripeError::internal()),
        (false, Err(error)) => Err(error),
        (false, Ok(Some(answer))) => Ok(reply(&asked, &answer, true)),
        (false, Ok(None)) => execute(&shared, &asked, &mut course).await,
    };
    match kind {
        Some(FaultKind::FailBefore | FaultKind::FailAfter) => {
            refusal(&asked, &StripeError::internal())
        }
        Some(FaultKind::DropBefore | FaultKind::DropAfter) => dropped(),
        Some(FaultKind::BadGateway | FaultKind::BadGatewayAfter) => bad_gateway(),
        Some(FaultKind::TooManyRequests) => refusal(&asked, &StripeError::too_many()),
        Some(FaultKind::Unauthorized) => refusal(&asked, &StripeError::expired()),
        Some(FaultKind::Forbidden) => {
            let key = asked.secret_key.as_deref().unwrap_or_default();
            refusal(&asked, &StripeError::forbidden(key))
        }
        Some(FaultKind::Conflict) => {
            let key = asked.idempotency_key.as_deref().unwrap_or_default();
            refusal(&asked, &StripeError::key_in_use(key))
        }
        _ => outcome.unwrap_or_else(|error| refusal(&asked, &error)),
    }
}
