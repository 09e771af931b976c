//! The controls as JSON, under `/_control/`, for tests in other languages. README.md lists them.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    checkout::finish,
    delivery::{self, wait},
    faults, seed,
    types::{DeliveryPlan, Endpoint, Fault, Problem, Received, Seed},
    world::{Shared, World},
};

mod words;

use words::{
    AddKey, Calls, Complete, Deliveries, EndpointOf, EventId, KeyOf, Release, Seconds, SessionId,
    Settle,
};

type Control = State<Arc<Shared>>;
type Outcome = Result<Json<Value>, Problem>;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": self.0 }))).into_response()
    }
}

/// All routes.
pub fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/health", get(health))
        .route("/webhooks", post(register).delete(unregister))
        .route("/faults", post(fault).delete(clear_faults))
        .route("/faults/release", post(release_hung))
        .route("/deliveries", get(list_deliveries))
        .route("/deliveries/plan", post(plan))
        .route("/deliveries/hold", post(hold))
        .route("/deliveries/release", post(release))
        .route("/deliveries/resend", post(resend))
        .route("/deliveries/wait", get(wait_deliveries))
        .route("/deliveries/idle", get(idle))
        .route("/sessions/complete", post(complete))
        .route("/sessions/settle", post(settle))
        .route("/sessions/expire", post(expire))
        .route("/clock", post(clock))
        .route("/books", get(books))
        .route("/requests", get(requests))
        .route("/requests/wait", get(wait_requests))
        .route("/seed", post(plant))
        .route("/keys", post(add_key))
        .route("/keys/expire", post(expire_key))
        .route("/reset", post(reset))
}

fn done() -> Outcome {
    Ok(Json(json!({ "ok": true })))
}

async fn health(State(shared): Control) -> Outcome {
    let now = shared.read(|world| world.clock.now());
    Ok(Json(json!({ "ok": true, "now": now })))
}

async fn register(State(shared): Control, Json(endpoint): Json<Endpoint>) -> Outcome {
    delivery::register(&shared, endpoint);
    done()
}

async fn unregister(State(shared): Control, Json(of): Json<EndpointOf>) -> Outcome {
    let removed = delivery::unregister(&shared, &of.secret_key, &of.url);
    Ok(Json(json!({ "ok": true, "removed": removed })))
}

async fn fault(State(shared): Control, Json(fault): Json<Fault>) -> Outcome {
    faults::arm(&shared, fault);
    done()
}

async fn clear_faults(State(shared): Control) -> Outcome {
    let unused = faults::clear(&shared);
    Ok(Json(json!({ "ok": true, "unused": unused })))
}

async fn release_hung(State(shared): Control) -> Outcome {
    faults::release_hung(&shared);
    done()
}

async fn list_deliveries(State(shared): Control, Query(of): Query<KeyOf>) -> Outcome {
    let found = shared.read(|world| world.deliveries_of(&of.secret_key));
    Ok(Json(json!({ "deliveries": found })))
}

async fn plan(State(shared): Control, Json(plan): Json<DeliveryPlan>) -> Outcome {
    shared.change(|world| world.plans.push(plan));
    done()
}

async fn hold(State(shared): Control, Json(of): Json<KeyOf>) -> Outcome {
    delivery::hold(&shared, &of.secret_key);
    done()
}

async fn release(State(shared): Control, Json(of): Json<Release>) -> Outcome {
    let released = delivery::release(&shared, &of.secret_key, of.order);
    Ok(Json(json!({ "ok": true, "released": released })))
}

async fn resend(State(shared): Control, Json(id): Json<EventId>) -> Outcome {
    let sent = delivery::resend(&shared, &id.event)?;
    Ok(Json(json!({ "ok": true, "deliveries": sent })))
}

async fn wait_deliveries(State(shared): Control, Query(wanted): Query<Deliveries>) -> Outcome {
    let (key, event, count) = (&wanted.secret_key, &wanted.event, wanted.count.unwrap_or(1));
    let found = match wanted.answered.as_deref() {
        Some("any") => wait::attempted(&shared, key, event, count).await,
        _ => wait::delivered(&shared, key, event, count).await,
    }?;
    Ok(Json(json!({ "deliveries": found })))
}

async fn idle(State(shared): Control, Query(of): Query<KeyOf>) -> Outcome {
    wait::idle(&shared, &of.secret_key).await?;
    done()
}

async fn complete(State(shared): Control, Json(wanted): Json<Complete>) -> Outcome {
    let email = wanted.email.as_deref();
    finish::complete(&shared, &wanted.session, wanted.how, email).map(Json)
}

async fn settle(State(shared): Control, Json(wanted): Json<Settle>) -> Outcome {
    finish::settle(&shared, &wanted.session, wanted.result).map(Json)
}

async fn expire(State(shared): Control, Json(id): Json<SessionId>) -> Outcome {
    finish::expire(&shared, &id.session).map(Json)
}

async fn clock(State(shared): Control, Json(by): Json<Seconds>) -> Outcome {
    finish::advance(&shared, by.seconds);
    health(State(shared)).await
}

async fn books(State(shared): Control, Query(of): Query<KeyOf>) -> Outcome {
    Ok(Json(shared.read(|world| {
        world.dump(&of.secret_key, of.account.as_deref())
    })))
}

fn calls(world: &World, wanted: &Calls) -> Vec<Received> {
    world
        .received(&wanted.method, &wanted.path_prefix)
        .cloned()
        .collect()
}

async fn requests(State(shared): Control, Query(wanted): Query<Calls>) -> Outcome {
    Ok(Json(
        json!({ "requests": shared.read(|world| calls(world, &wanted)) }),
    ))
}

async fn wait_requests(State(shared): Control, Query(wanted): Query<Calls>) -> Outcome {
    let count = wanted.count.unwrap_or(1);
    let look = |world: &World| Some(calls(world, &wanted)).filter(|found| found.len() >= count);
    let found = shared.wait_for(look, "calls received").await?;
    Ok(Json(json!({ "requests": found })))
}

async fn plant(State(shared): Control, Json(seed): Json<Seed>) -> Outcome {
    seed::plant(&shared, seed)?;
    done()
}

async fn add_key(State(shared): Control, Json(keys): Json<AddKey>) -> Outcome {
    shared.change(|world| world.add_key(&keys.of, &keys.secret_key));
    done()
}

async fn expire_key(State(shared): Control, Json(of): Json<KeyOf>) -> Outcome {
    shared.change(|world| world.expired.insert(of.secret_key));
    done()
}

async fn reset(State(shared): Control) -> Outcome {
    shared.reset();
    done()
}
