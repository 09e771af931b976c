//! The ends of a session: paid, paid slowly, free, expired.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    account::Scope,
    api::{
        customers::{self, check_email},
        events::emit,
    },
    call::Call,
    checkout::{
        money::{outcome, return_balance},
        object::details,
    },
    error::StripeError,
    types::{How, Problem, Settlement},
    world::{Shared, World},
};

const TABLE: &str = "sessions";

/// Finds a session by its id alone, in whichever store it is, and acts on it.
pub fn with_session<T>(
    shared: &Arc<Shared>,
    id: &str,
    act: impl FnOnce(&mut Call, Value) -> Result<T, Problem>,
) -> Result<T, Problem> {
    shared.change(|world| {
        let found = world
            .stores
            .iter()
            .find(|(_, store)| store.get(TABLE, id).is_some());
        let Some(scope) = found.map(|(name, _)| Scope::named(name)) else {
            return Err(Problem(format!("there is no session {id}")));
        };
        let mut call = internal(world, scope, &shared.base_url);
        expire_due(&mut call);
        let session = call.store().get(TABLE, id).cloned().unwrap_or_default();
        act(&mut call, session)
    })
}

/// What happens by itself or on the pay page was asked for by no call.
fn internal<'a>(world: &'a mut World, scope: Scope, base_url: &'a str) -> Call<'a> {
    Call::new(
        world,
        scope,
        base_url,
        json!({ "id": null, "idempotency_key": null }),
    )
}

/// Whether the person who pays must tell an e-mail.
pub fn needs_email(session: &Value) -> bool {
    session["customer_details"]["email"].is_null()
}

fn must_be_open(session: &Value) -> Result<(), Problem> {
    match session["status"].as_str() {
        Some("open") => Ok(()),
        status => Err(Problem(format!(
            "the session is {}",
            status.unwrap_or("nowhere")
        ))),
    }
}

pub fn complete(
    shared: &Arc<Shared>,
    id: &str,
    how: How,
    email: Option<&str>,
) -> Result<Value, Problem> {
    with_session(shared, id, |call, session| {
        must_be_open(&session)?;
        let email = email.filter(|email| !email.is_empty());
        if needs_email(&session) && email.is_none() {
            return Err(Problem("this session needs an e-mail".into()));
        }
        let told = email.filter(|_| needs_email(&session));
        check_email(told.map(Into::into), "email")
            .map_err(|_| Problem("that is no e-mail address".into()))?;
        Ok(close(call, session, how, told))
    })
}

fn close(call: &mut Call, mut session: Value, how: How, email: Option<&str>) -> Value {
    if let Some(email) = email {
        session["customer_details"] = details(&json!(email));
    }
    let email = session["customer_details"]["email"]
        .as_str()
        .map(str::to_owned);
    if session["customer"].is_null() && session["customer_creation"] == "always" {
        session["customer"] = customers::from_checkout(call, email.as_deref())["id"].clone();
    } else if let Some(id) = session["customer"].as_str()
        && let Ok(before) = customers::living(call, id)
        && before["email"].is_null()
    {
        let mut customer = before.clone();
        customer["email"] = json!(email);
        customers::save(call, &before, &customer);
    }
    let subscription = session["mode"] == "subscription";
    let nothing_due = session["amount_total"] == 0 && !subscription;
    let status = match how {
        How::Free => "no_payment_required",
        _ if nothing_due => "no_payment_required",
        How::Paid => "paid",
        How::Unpaid => "unpaid",
    };
    session["payment_status"] = json!(status);
    session["status"] = json!("complete");
    session["url"] = Value::Null;
    if subscription || status != "no_payment_required" {
        let (field, made) = outcome(call, &session, status == "unpaid");
        session[field] = made;
    }
    call.replace(TABLE, &session);
    emit(call, "checkout.session.completed", &session, None);
    session
}

/// Where the money of a completed session stands.
fn purse(session: &Value) -> (&'static str, String) {
    let table = if session["mode"] == "subscription" {
        "subscriptions"
    } else {
        "payment_intents"
    };
    let field = if session["mode"] == "subscription" {
        "subscription"
    } else {
        "payment_intent"
    };
    (
        table,
        session[field].as_str().unwrap_or_default().to_owned(),
    )
}

/// Whether a slow payment is under way.
pub fn is_settling(call: &mut Call, session: &Value) -> bool {
    let (table, id) = purse(session);
    let status = call
        .store()
        .get(table, &id)
        .map(|one| one["status"].clone());
    session["payment_status"] == "unpaid"
        && status.is_some_and(|status| status == "processing" || status == "incomplete")
}

pub fn settle(shared: &Arc<Shared>, id: &str, settlement: Settlement) -> Result<Value, Problem> {
    with_session(shared, id, |call, mut session| {
        if !is_settling(call, &session) {
            return Err(Problem(
                "no slow payment of this session is under way".into(),
            ));
        }
        let (table, purse) = purse(&session);
        let subscription = table == "subscriptions";
        let (status, kind) = match settlement {
            Settlement::Succeeded => {
                session["payment_status"] = json!("paid");
                let status = if subscription { "active" } else { "succeeded" };
                (status, "checkout.session.async_payment_succeeded")
            }
            Settlement::Failed => {
                return_balance(call, &session);
                let status = if subscription {
                    "incomplete_expired"
                } else {
                    "requires_payment_method"
                };
                (status, "checkout.session.async_payment_failed")
            }
        };
        if let Some(purse) = call.store().get_mut(table, &purse) {
            purse["status"] = json!(status);
        }
        call.replace(TABLE, &session);
        emit(call, kind, &session, None);
        Ok(session)
    })
}

fn close_expired(call: &mut Call, mut session: Value) -> Value {
    session["status"] = json!("expired");
    session["url"] = Value::Null;
    call.replace(TABLE, &session);
    return_balance(call, &session);
    emit(call, "checkout.session.expired", &session, None);
    session
}

pub fn expire(shared: &Arc<Shared>, id: &str) -> Result<Value, Problem> {
    with_session(shared, id, |call, session| {
        must_be_open(&session)?;
        Ok(close_expired(call, session))
    })
}

/// `POST /v1/checkout/sessions/{session}/expire`
pub fn expire_call(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let session = call.find(TABLE, "checkout.session", &id)?;
    if session["status"] != "open" {
        let status = session["status"].as_str().unwrap_or_default();
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session \
             has a status of `{status}`."
        );
        return Err(StripeError::invalid(message).at("session"));
    }
    Ok(close_expired(call, session))
}

/// Expires the sessions of this store whose time is over.
pub fn expire_due(call: &mut Call) {
    let now = call.now();
    let over = |session: &&Value| {
        session["status"] == "open" && session["expires_at"].as_i64().is_some_and(|at| at <= now)
    };
    let due: Vec<Value> = call
        .store()
        .all(TABLE)
        .iter()
        .filter(over)
        .cloned()
        .collect();
    for session in due {
        close_expired(call, session);
    }
}

pub fn advance(shared: &Arc<Shared>, seconds: i64) {
    shared.change(|world| {
        world.clock.advance(seconds);
        let names: Vec<String> = world.stores.keys().cloned().collect();
        for name in names {
            expire_due(&mut internal(world, Scope::named(&name), &shared.base_url));
        }
    });
}
