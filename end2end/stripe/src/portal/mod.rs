//! The billing portal's pages, where a subscriber changes the card and cancels, and the login page that
//! leads there.

mod html;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Form, Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use self::html::View;
use crate::{
    api::portal::{CONFIGURATIONS, SESSIONS, new_session},
    billing::{INVOICES, SUBSCRIPTIONS, cancel, cycle, has_ended},
    call::Call,
    internal::with_object,
    page::not_found,
    pay::see_other,
    state::SharedState,
    types::ControlError,
};

/// How long the address of a visit works after it was made or last used, in seconds.
const LIFETIME: i64 = 5 * 60;

pub fn router() -> Router<Arc<SharedState>> {
    Router::new()
        .route("/portal/{session}", get(show).post(submit))
        .route("/portal/login/{configuration}", get(login).post(send_link))
}

#[derive(Deserialize)]
struct Change {
    action: String,
    #[serde(default)]
    subscription: String,
}

#[derive(Deserialize)]
struct Login {
    email: String,
}

/// Runs `act` on a visit that has not expired, and prolongs it.
fn with_visit<T>(
    shared: &Arc<SharedState>,
    id: &str,
    act: impl FnOnce(&mut Call, Value) -> Result<T, ControlError>,
) -> Result<T, ControlError> {
    with_object(shared, SESSIONS, "visit", id, |call, session| {
        let now = call.now();
        let used = call.store().drafts.get(id).and_then(Value::as_i64);
        let used = used.or(session["created"].as_i64()).unwrap_or_default();
        if now - used > LIFETIME {
            return Err(ControlError("this link has expired".into()));
        }
        call.store().drafts.insert(id.to_owned(), json!(now));
        cycle::run_due(call);
        act(call, session)
    })
}

fn view(call: &mut Call, session: Value) -> View {
    let customer = session["customer"].as_str().unwrap_or_default();
    let configuration = session["configuration"].as_str().unwrap_or_default();
    let store = call.store();
    let of_customer = |table| store.of_customer(table, customer).cloned().collect();
    let subscriptions: Vec<Value> = of_customer(SUBSCRIPTIONS);
    let names = subscriptions.iter().map(|subscription| {
        let product = subscription["items"]["data"][0]["price"]["product"].as_str();
        let product = store.get("products", product.unwrap_or_default());
        product.map_or(Value::Null, |product| product["name"].clone())
    });
    View {
        names: names.collect(),
        invoices: of_customer(INVOICES),
        declined: store.declined.contains(customer),
        features: store
            .get(CONFIGURATIONS, configuration)
            .map(|found| found["features"].clone())
            .unwrap_or_default(),
        headline: store
            .get(CONFIGURATIONS, configuration)
            .map(|found| found["business_profile"]["headline"].clone())
            .unwrap_or_default(),
        subscriptions,
        return_url: session["return_url"].clone(),
    }
}

async fn show(State(shared): State<Arc<SharedState>>, Path(id): Path<String>) -> Response {
    match with_visit(&shared, &id, |call, session| Ok(view(call, session))) {
        Ok(view) => Html(html::render(&view)).into_response(),
        Err(ControlError(problem)) => refused(&problem),
    }
}

fn refused(problem: &str) -> Response {
    (StatusCode::NOT_FOUND, Html(not_found(html::NOTE, problem))).into_response()
}

async fn submit(
    State(shared): State<Arc<SharedState>>,
    Path(id): Path<String>,
    Form(form): Form<Change>,
) -> Response {
    let changed = with_visit(&shared, &id, |call, session| change(call, &session, &form));
    match changed {
        Ok(()) => see_other(&format!("/portal/{id}")),
        Err(ControlError(problem)) => refused(&problem),
    }
}

fn change(call: &mut Call, session: &Value, form: &Change) -> Result<(), ControlError> {
    let customer = session["customer"].as_str().unwrap_or_default();
    if form.action == "card" {
        let subscriptions = call.store().of_customer(SUBSCRIPTIONS, customer);
        let paid_by_it: Vec<_> = subscriptions.map(|one| one["id"].clone()).collect();
        let store = call.store();
        store.declined.remove(customer);
        for id in paid_by_it.iter().filter_map(Value::as_str) {
            store.declined.remove(id);
        }
        return Ok(());
    }
    let found = call.store().get(SUBSCRIPTIONS, &form.subscription).cloned();
    let own = found.filter(|one| one["customer"] == *customer && !has_ended(one));
    let subscription = own.ok_or_else(|| ControlError("there is no such subscription".into()))?;
    let configuration = session["configuration"].as_str().unwrap_or_default();
    let configuration = call.store().get(CONFIGURATIONS, configuration).cloned();
    let rules = configuration.unwrap_or_default()["features"]["subscription_cancel"].clone();
    if rules["enabled"] != true {
        return Err(ControlError("this portal cancels nothing".into()));
    }
    match form.action.as_str() {
        "cancel" if rules["mode"] == "immediately" => {
            cancel::now(call, &subscription, cancel::REQUESTED);
        }
        "cancel" => {
            cancel::at_period_end(call, &subscription, true);
        }
        "keep" => {
            cancel::at_period_end(call, &subscription, false);
        }
        _ => return Err(ControlError("there is no such button".into())),
    }
    Ok(())
}

/// Runs `act` on a configuration that has a login page.
fn with_login_page<T>(
    shared: &Arc<SharedState>,
    id: &str,
    act: impl FnOnce(&mut Call, Value) -> T,
) -> Result<T, ControlError> {
    with_object(shared, CONFIGURATIONS, "login page", id, |call, found| {
        if found["active"] != true || found["login_page"]["enabled"] != true {
            return Err(ControlError("there is no such login page".into()));
        }
        Ok(act(call, found))
    })
}

async fn login(State(shared): State<Arc<SharedState>>, Path(id): Path<String>) -> Response {
    match with_login_page(&shared, &id, |_, _| ()) {
        Ok(()) => Html(html::login()).into_response(),
        Err(ControlError(problem)) => refused(&problem),
    }
}

/// Stripe mails a link to a subscriber with this address, and says the same to everybody else. Here the
/// page has the link, since nothing is mailed.
async fn send_link(
    State(shared): State<Arc<SharedState>>,
    Path(id): Path<String>,
    Form(form): Form<Login>,
) -> Response {
    let visit = with_login_page(&shared, &id, |call, configuration| {
        let email = form.email.trim();
        let customers = call.store().all("customers").iter();
        let with_email = customers.filter(|customer| customer["email"] == *email);
        let found: Vec<Value> = with_email.map(|customer| customer["id"].clone()).collect();
        let subscriber = found.iter().filter_map(Value::as_str).find(|id| {
            let mut subscriptions = call.store().of_customer(SUBSCRIPTIONS, id);
            subscriptions.any(|one| !has_ended(one))
        })?;
        let return_url = configuration["default_return_url"].clone();
        let session = new_session(call, subscriber, &configuration["id"], return_url);
        Some(session["url"].as_str()?.to_owned())
    });
    match visit {
        Ok(link) => Html(html::sent(link.as_deref())).into_response(),
        Err(ControlError(problem)) => refused(&problem),
    }
}
