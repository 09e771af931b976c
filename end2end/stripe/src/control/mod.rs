//! The control API: JSON under `/_control/`, for tests in other languages. README.md lists the
//! routes.

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
    checkout::completion,
    delivery::{self, wait},
    faults, passing, seed,
    state::{SharedState, StripeState},
    types::{ControlError, DeliveryPlan, Endpoint, Fault, ReceivedRequest, Seed},
};

mod dashboard;
mod parameters;

use parameters::{
    AddKey, AdvanceClock, CompleteSession, DeliveriesQuery, EndpointName, EventId,
    FinishAsyncPayment, ReleaseDeliveries, RequestsQuery, SessionId, StoreName,
};

type SharedStripe = State<Arc<SharedState>>;
type ControlResult = Result<Json<Value>, ControlError>;

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": self.0 }))).into_response()
    }
}

pub fn router() -> Router<Arc<SharedState>> {
    Router::new()
        .route("/health", get(health))
        .route("/webhooks", post(register_endpoint).delete(remove_endpoint))
        .route("/faults", post(inject_fault).delete(clear_faults))
        .route("/faults/release", post(release_hung))
        .route("/deliveries", get(list_deliveries))
        .route("/deliveries/plan", post(plan))
        .route("/deliveries/hold", post(hold))
        .route("/deliveries/release", post(release))
        .route("/deliveries/resend", post(resend))
        .route("/deliveries/wait", get(wait_deliveries))
        .route("/deliveries/idle", get(wait_until_finished))
        .route("/sessions/complete", post(complete))
        .route("/sessions/settle", post(finish_async_payment))
        .route("/sessions/expire", post(expire))
        .route("/clock", post(advance_clock))
        .route("/books", get(objects))
        .route("/requests", get(requests))
        .route("/requests/wait", get(wait_requests))
        .route("/seed", post(insert_seed))
        .route("/keys", post(add_key))
        .route("/keys/expire", post(expire_key))
        .route("/reset", post(reset))
        .merge(dashboard::router())
}

fn ok() -> ControlResult {
    Ok(Json(json!({ "ok": true })))
}

async fn health(State(shared): SharedStripe) -> ControlResult {
    let now = shared.read(|state| state.clock.now());
    Ok(Json(json!({ "ok": true, "now": now })))
}

async fn register_endpoint(
    State(shared): SharedStripe,
    Json(endpoint): Json<Endpoint>,
) -> ControlResult {
    delivery::register_endpoint(&shared, endpoint);
    ok()
}

async fn remove_endpoint(
    State(shared): SharedStripe,
    Json(name): Json<EndpointName>,
) -> ControlResult {
    let removed = delivery::remove_endpoint(&shared, &name.secret_key, &name.url);
    Ok(Json(json!({ "ok": true, "removed": removed })))
}

async fn inject_fault(State(shared): SharedStripe, Json(fault): Json<Fault>) -> ControlResult {
    faults::inject(&shared, fault);
    ok()
}

async fn clear_faults(State(shared): SharedStripe) -> ControlResult {
    let unused = faults::clear(&shared);
    Ok(Json(json!({ "ok": true, "unused": unused })))
}

async fn release_hung(State(shared): SharedStripe) -> ControlResult {
    faults::release_hung(&shared);
    ok()
}

async fn list_deliveries(
    State(shared): SharedStripe,
    Query(name): Query<StoreName>,
) -> ControlResult {
    let found = shared.read(|state| state.deliveries_of(&name.secret_key));
    Ok(Json(json!({ "deliveries": found })))
}

async fn plan(State(shared): SharedStripe, Json(plan): Json<DeliveryPlan>) -> ControlResult {
    shared.change(|state| state.plans.push(plan));
    ok()
}

async fn hold(State(shared): SharedStripe, Json(name): Json<StoreName>) -> ControlResult {
    delivery::hold(&shared, &name.secret_key);
    ok()
}

async fn release(
    State(shared): SharedStripe,
    Json(name): Json<ReleaseDeliveries>,
) -> ControlResult {
    let released = delivery::release(&shared, &name.secret_key, name.order);
    Ok(Json(json!({ "ok": true, "released": released })))
}

async fn resend(State(shared): SharedStripe, Json(id): Json<EventId>) -> ControlResult {
    let sent = delivery::resend(&shared, &id.event)?;
    Ok(Json(json!({ "ok": true, "deliveries": sent })))
}

async fn wait_deliveries(
    State(shared): SharedStripe,
    Query(query): Query<DeliveriesQuery>,
) -> ControlResult {
    let (key, event, count) = (&query.secret_key, &query.event, query.count.unwrap_or(1));
    let found = match query.answered.as_deref() {
        Some("any") => wait::attempted(&shared, key, event, count).await,
        _ => wait::delivered(&shared, key, event, count).await,
    }?;
    Ok(Json(json!({ "deliveries": found })))
}

async fn wait_until_finished(
    State(shared): SharedStripe,
    Query(name): Query<StoreName>,
) -> ControlResult {
    wait::finished(&shared, &name.secret_key).await?;
    ok()
}

async fn complete(
    State(shared): SharedStripe,
    Json(query): Json<CompleteSession>,
) -> ControlResult {
    let email = query.email.as_deref();
    let card = query.card.as_deref();
    completion::complete(&shared, &query.session, query.how, email, card).map(Json)
}

async fn finish_async_payment(
    State(shared): SharedStripe,
    Json(query): Json<FinishAsyncPayment>,
) -> ControlResult {
    completion::finish_async_payment(&shared, &query.session, query.result).map(Json)
}

async fn expire(State(shared): SharedStripe, Json(id): Json<SessionId>) -> ControlResult {
    completion::expire_by_id(&shared, &id.session).map(Json)
}

async fn advance_clock(
    State(shared): SharedStripe,
    Json(clock): Json<AdvanceClock>,
) -> ControlResult {
    passing::advance(&shared, clock.seconds);
    health(State(shared)).await
}

async fn objects(State(shared): SharedStripe, Query(name): Query<StoreName>) -> ControlResult {
    Ok(Json(shared.read(|state| {
        state.objects(&name.secret_key, name.account.as_deref())
    })))
}

fn requests_matching(state: &StripeState, query: &RequestsQuery) -> Vec<ReceivedRequest> {
    state
        .requests_matching(&query.method, &query.path_prefix)
        .cloned()
        .collect()
}

async fn requests(
    State(shared): SharedStripe,
    Query(query): Query<RequestsQuery>,
) -> ControlResult {
    Ok(Json(
        json!({ "requests": shared.read(|state| requests_matching(state, &query)) }),
    ))
}

async fn wait_requests(
    State(shared): SharedStripe,
    Query(query): Query<RequestsQuery>,
) -> ControlResult {
    let count = query.count.unwrap_or(1);
    let find = |state: &StripeState| {
        Some(requests_matching(state, &query)).filter(|found| found.len() >= count)
    };
    let found = shared.wait_for(find, "requests to be received").await?;
    Ok(Json(json!({ "requests": found })))
}

async fn insert_seed(State(shared): SharedStripe, Json(seed): Json<Seed>) -> ControlResult {
    seed::insert(&shared, seed)?;
    ok()
}

async fn add_key(State(shared): SharedStripe, Json(keys): Json<AddKey>) -> ControlResult {
    shared.change(|state| state.add_key(&keys.of, &keys.secret_key));
    ok()
}

async fn expire_key(State(shared): SharedStripe, Json(name): Json<StoreName>) -> ControlResult {
    shared.change(|state| state.expired_keys.insert(name.secret_key));
    ok()
}

async fn reset(State(shared): SharedStripe) -> ControlResult {
    shared.reset();
    ok()
}
