//! Completes and expires Checkout sessions.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    api::{customer_row, customers, email::check_email, events::emit},
    billing::first,
    call::Call,
    checkout::{
        discounts,
        payment::{create_payment_object, restore_balance},
        session_object::customer_details,
    },
    error::StripeError,
    internal,
    payments::{card, charge},
    state::SharedState,
    types::{AsyncPaymentResult, ControlError, PaymentStatus},
};

const TABLE: &str = "sessions";

/// Finds a session by its id in any store and runs `act` on it.
pub fn with_session<T>(
    shared: &Arc<SharedState>,
    id: &str,
    act: impl FnOnce(&mut Call, Value) -> Result<T, ControlError>,
) -> Result<T, ControlError> {
    internal::with_object(shared, TABLE, "session", id, |call, _| {
        expire_overdue(call);
        let session = call.store().get(TABLE, id).cloned().unwrap_or_default();
        act(call, session)
    })
}

/// Whether the customer must enter an email to pay.
pub fn needs_email(session: &Value) -> bool {
    session["customer_details"]["email"].is_null()
}

fn require_open(session: &Value) -> Result<(), ControlError> {
    match session["status"].as_str() {
        Some("open") => Ok(()),
        status => Err(ControlError(format!(
            "the session is {}",
            status.unwrap_or("unknown")
        ))),
    }
}

pub fn complete(
    shared: &Arc<SharedState>,
    id: &str,
    payment_status: PaymentStatus,
    email: Option<&str>,
    card: Option<&str>,
) -> Result<Value, ControlError> {
    with_session(shared, id, |call, session| {
        require_open(&session)?;
        let email = email.filter(|email| !email.is_empty());
        if needs_email(&session) && email.is_none() {
            return Err(ControlError("this session needs an email address".into()));
        }
        let new_email = email.filter(|_| needs_email(&session));
        check_email(new_email.map(Into::into), "email")
            .map_err(|_| ControlError("that is not an email address".into()))?;
        Ok(complete_session(
            call,
            session,
            payment_status,
            new_email,
            card,
        ))
    })
}

fn complete_session(
    call: &mut Call,
    mut session: Value,
    payment_status: PaymentStatus,
    email: Option<&str>,
    card: Option<&str>,
) -> Value {
    if let Some(email) = email {
        session["customer_details"] = customer_details(&json!(email));
    }
    let email = session["customer_details"]["email"]
        .as_str()
        .map(str::to_owned);
    if session["customer"].is_null() && session["customer_creation"] == "always" {
        session["customer"] = customers::create_from_checkout(call, email.as_deref())["id"].clone();
    } else if let Some(id) = session["customer"].as_str()
        && let Ok(before) = customer_row::existing(call, id)
        && before["email"].is_null()
    {
        let mut customer = before.clone();
        customer["email"] = json!(email);
        customer_row::save_and_emit(call, &before, &customer);
    }
    let subscription = session["mode"] == "subscription";
    let nothing_due = session["amount_total"] == 0 && !subscription;
    let status = match payment_status {
        PaymentStatus::NoPaymentRequired => "no_payment_required",
        _ if nothing_due => "no_payment_required",
        PaymentStatus::Paid => "paid",
        PaymentStatus::Unpaid => "unpaid",
    };
    session["payment_status"] = json!(status);
    session["status"] = json!("complete");
    session["url"] = Value::Null;
    if !session["shipping_address_collection"].is_null() {
        session["collected_information"] = collected(&session);
    }
    if subscription || status != "no_payment_required" {
        let fingerprint = card_of(call, &session, card);
        let unpaid = status == "unpaid";
        for (field, made) in create_payment_object(call, &session, unpaid, fingerprint) {
            session[field] = made;
        }
    }
    discounts::redeem(call, &session);
    call.replace(TABLE, &session);
    emit(call, "checkout.session.completed", &session, None);
    session
}

/// Where the buyer has it sent. The page has no fields for it: everybody lives at one address, in the first country that
/// is allowed.
fn collected(session: &Value) -> Value {
    let country = &session["shipping_address_collection"]["allowed_countries"][0];
    json!({
        "business_name": null,
        "individual_name": null,
        "shipping_details": {
            "name": "Jenny Rosen",
            "address": {
                "city": "Detroit",
                "country": country,
                "line1": "1 Main Street",
                "line2": null,
                "postal_code": "48201",
                "state": "MI",
            },
        },
    })
}

/// The fingerprint of the card that pays: the one with this name, or else the buyer's own.
fn card_of(call: &Call, session: &Value, card: Option<&str>) -> String {
    let buyer = session["customer_details"]["email"]
        .as_str()
        .or(session["customer"].as_str())
        .or(session["id"].as_str());
    card::fingerprint(call, card.or(buyer).unwrap_or_default())
}

/// The table and the id of the object that has the payment's status: a subscription or a payment
/// intent.
fn payment_object(session: &Value) -> (&'static str, String) {
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

/// Whether the session was completed with an asynchronous payment that has not ended yet.
pub fn is_payment_processing(call: &mut Call, session: &Value) -> bool {
    let (table, id) = payment_object(session);
    let status = call
        .store()
        .get(table, &id)
        .map(|object| object["status"].clone());
    session["payment_status"] == "unpaid"
        && status.is_some_and(|status| status == "processing" || status == "incomplete")
}

pub fn finish_async_payment(
    shared: &Arc<SharedState>,
    id: &str,
    result: AsyncPaymentResult,
) -> Result<Value, ControlError> {
    with_session(shared, id, |call, mut session| {
        if !is_payment_processing(call, &session) {
            return Err(ControlError(
                "this session has no asynchronous payment in progress".into(),
            ));
        }
        let (table, payment_object) = payment_object(&session);
        let subscription = table == "subscriptions";
        let succeeded = result == AsyncPaymentResult::Succeeded;
        let kind = match result {
            AsyncPaymentResult::Succeeded => {
                session["payment_status"] = json!("paid");
                "checkout.session.async_payment_succeeded"
            }
            AsyncPaymentResult::Failed => {
                restore_balance(call, &session);
                "checkout.session.async_payment_failed"
            }
        };
        if subscription {
            first::settle(call, &payment_object, succeeded);
        } else {
            charge::settle(call, &payment_object, succeeded);
        }
        call.replace(TABLE, &session);
        emit(call, kind, &session, None);
        Ok(session)
    })
}

fn expire_session(call: &mut Call, mut session: Value) -> Value {
    session["status"] = json!("expired");
    session["url"] = Value::Null;
    call.replace(TABLE, &session);
    restore_balance(call, &session);
    emit(call, "checkout.session.expired", &session, None);
    session
}

pub fn expire_by_id(shared: &Arc<SharedState>, id: &str) -> Result<Value, ControlError> {
    with_session(shared, id, |call, session| {
        require_open(&session)?;
        Ok(expire_session(call, session))
    })
}

/// `POST /v1/checkout/sessions/{session}/expire`
pub fn expire(call: &mut Call) -> Result<Value, StripeError> {
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
    Ok(expire_session(call, session))
}

/// Expires the sessions of this store whose `expires_at` has passed.
pub fn expire_overdue(call: &mut Call) {
    let now = call.now();
    let is_overdue = |session: &&Value| {
        session["status"] == "open" && session["expires_at"].as_i64().is_some_and(|at| at <= now)
    };
    let overdue: Vec<Value> = call
        .store()
        .all(TABLE)
        .iter()
        .filter(is_overdue)
        .cloned()
        .collect();
    for session in overdue {
        expire_session(call, session);
    }
}
