//! Executes a call that got through the gate, and keeps its answer under its key.

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use crate::{
    account::Scope,
    api,
    books::kept::Answer,
    call::Call,
    contract,
    error::StripeError,
    faults::hang,
    request::{
        asked::{Asked, Course},
        idempotency,
        reply::reply,
    },
    types::FaultKind,
    world::{Shared, World},
};

pub async fn execute(
    shared: &Arc<Shared>,
    asked: &Asked,
    course: &mut Course,
) -> Result<Response, StripeError> {
    let scope = asked.scope.clone()?;
    let Course {
        fault,
        released,
        era,
        ..
    } = course;
    hang(released, fault.as_ref(), FaultKind::Hang).await;
    let kind = fault.as_ref().map(|fault| fault.kind);
    let answer = shared.change(|world| {
        // What a reset forgot must not happen after it.
        let forgotten = world.era != *era;
        let outcome = match kind {
            _ if forgotten => Err(StripeError::internal()),
            Some(FaultKind::Sticky500) => Err(StripeError::internal()),
            Some(FaultKind::Sticky500After) => {
                run(world, &scope, &shared.base_url, asked).and(Err(StripeError::internal()))
            }
            _ => run(world, &scope, &shared.base_url, asked),
        };
        let (status, body) = match outcome {
            Ok(value) => (200, value),
            Err(error) => (error.status, error.body()),
        };
        Answer {
            status,
            body: format!("{body:#}"),
            request_id: asked.request_id.clone(),
        }
    });
    hang(released, fault.as_ref(), FaultKind::HangAfter).await;
    if let Some(key) = &asked.idempotency_key {
        shared.change(|world| {
            if world.era == *era {
                idempotency::end(world.store(&scope), &asked.known_as(key), &answer);
            }
        });
    }
    Ok(reply(asked, &answer, false))
}

fn run(
    world: &mut World,
    scope: &Scope,
    base_url: &str,
    asked: &Asked,
) -> Result<Value, StripeError> {
    let operation = contract::find(&asked.method, &asked.path)
        .ok_or_else(|| StripeError::unknown_url(&asked.method, &asked.path))?;
    let cause = json!({ "id": asked.request_id, "idempotency_key": asked.idempotency_key });
    let mut call = Call::new(world, scope.clone(), base_url, cause);
    if let Some(key) = &asked.secret_key {
        call.sent_key.clone_from(key);
    }
    call.params = operation.check(&asked.pairs)?;
    call.ids = operation.ids;
    let mark = call.store().mark();
    api::dispatch(operation.name, &mut call).inspect_err(|_| call.store().back_to(&mark))
}
