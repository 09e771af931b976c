//! Checkout sessions: creates, retrieves, updates and lists them.

pub mod completion;
mod discounts;
pub mod least_charge;
pub mod line_items;
pub mod payment;
mod session_object;

use serde_json::{Value, json};

use self::{line_items::LineItems, payment::apply_balance};
use crate::{
    api::{customer_row, email::check_email, list as lists, metadata::merge},
    call::Call,
    error::StripeError,
};

const TABLE: &str = "sessions";
const MIN_LIFETIME: i64 = 30 * 60;
const MAX_LIFETIME: i64 = 24 * 60 * 60;

/// `POST /v1/checkout/sessions`
pub fn create(call: &mut Call) -> Result<Value, StripeError> {
    let mode = call
        .text("mode")
        .ok_or_else(|| StripeError::missing_param("mode"))?;
    check_mode(call, &mode)?;
    let customer = check_customer(call)?;
    check_expiry(call)?;
    merge(&json!({}), &call.param("metadata"))?;
    let lines = line_items::create(call, &mode)?;
    least_charge::check(lines.total, &lines.currency)?;
    if let Some(customer) = &customer
        && mode == "subscription"
    {
        check_currency(call, customer, &lines.currency)?;
    }
    let session = session_object::create(call, &mode, customer.as_ref(), &lines)?;
    store_session(call, &session, lines);
    if let Some(customer) = customer.filter(|_| mode == "subscription") {
        apply_balance(call, &session, &customer);
    }
    Ok(session)
}

fn store_session(call: &mut Call, session: &Value, lines: LineItems) {
    let id = session["id"].as_str().unwrap_or_default().to_owned();
    let draft = json!({
        "payment_intent_data": call.param("payment_intent_data"),
        "subscription_data": call.param("subscription_data"),
    });
    call.insert(TABLE, session.clone());
    call.store().line_items.insert(id.clone(), lines.items);
    call.store().drafts.insert(id, draft);
}

fn check_mode(call: &Call, mode: &str) -> Result<(), StripeError> {
    if mode == "setup" {
        return Err(StripeError::not_imitated("Checkout in setup mode"));
    }
    if call.text("ui_mode").is_some_and(|ui| ui != "hosted_page") {
        return Err(StripeError::not_imitated(
            "a Checkout page other than the hosted one",
        ));
    }
    if call.text("success_url").is_none() {
        return Err(StripeError::missing_param("success_url"));
    }
    for field in ["success_url", "cancel_url"] {
        let url = call.text(field);
        if url.is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            let message = "Not a valid URL";
            return Err(StripeError::coded("url_invalid", message).at(field));
        }
    }
    let unsupported: &[_] = match mode {
        "payment" => &["subscription_data"],
        _ => &[
            "payment_intent_data",
            "customer_creation",
            "invoice_creation",
            "submit_type",
        ],
    };
    match unsupported
        .iter()
        .find(|field| call.params.contains_key(**field))
    {
        Some(field) => {
            let message = format!("You can not pass `{field}` in `{mode}` mode.");
            Err(StripeError::invalid(message).at(*field))
        }
        None => Ok(()),
    }
}

fn check_customer(call: &mut Call) -> Result<Option<Value>, StripeError> {
    check_email(call.text("customer_email"), "customer_email")?;
    let Some(id) = call.text("customer") else {
        return Ok(None);
    };
    for other in ["customer_email", "customer_creation"] {
        if call.text(other).is_some() {
            let message =
                format!("You may only specify one of these parameters: customer, {other}.");
            return Err(StripeError::invalid(message).at("customer"));
        }
    }
    let missing = |_| StripeError::no_such_param("customer", &id, "customer");
    customer_row::existing(call, &id).map(Some).map_err(missing)
}

/// A customer has one currency for all subscriptions, whatever the currencies of its balance.
fn check_currency(call: &mut Call, customer: &Value, currency: &str) -> Result<(), StripeError> {
    let ended = ["canceled", "incomplete_expired"];
    let other = call.store().all("subscriptions").iter().find(|one| {
        one["customer"] == customer["id"]
            && one["currency"] != currency
            && !ended.iter().any(|ended| one["status"] == *ended)
    });
    let Some(other) = other.and_then(|one| one["currency"].as_str()) else {
        return Ok(());
    };
    Err(StripeError::invalid(format!(
        "You cannot combine currencies on a single customer. This customer has an active subscription, \
         subscription schedule, discount, quote, or invoice item with currency {other}."
    )))
}

fn check_expiry(call: &Call) -> Result<(), StripeError> {
    let Some(at) = call.param("expires_at").as_i64() else {
        return Ok(());
    };
    // Stripe also tolerates that the request took some time, so a lifetime a little below 30
    // minutes is accepted.
    if (MIN_LIFETIME - 60..=MAX_LIFETIME).contains(&(at - call.now())) {
        return Ok(());
    }
    let message = "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from \
                   Checkout Session creation.";
    Err(StripeError::invalid(message).at("expires_at"))
}

/// `GET /v1/checkout/sessions/{session}`
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    completion::expire_overdue(call);
    call.find(TABLE, "checkout.session", &id)
}

/// `POST /v1/checkout/sessions/{session}`: only the metadata can be changed here.
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let mut session = call.find(TABLE, "checkout.session", &id)?;
    if let Some(field) = call
        .params
        .keys()
        .find(|name| !matches!(name.as_str(), "metadata" | "expand"))
    {
        return Err(StripeError::not_imitated(&format!(
            "changing a session's {field}"
        )));
    }
    session["metadata"] = merge(&session["metadata"], &call.param("metadata"))?;
    call.replace(TABLE, &session);
    Ok(session)
}

/// `GET /v1/checkout/sessions`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    completion::expire_overdue(call);
    let wanted: Vec<_> = ["customer", "payment_intent", "status", "subscription"]
        .into_iter()
        .filter_map(|field| Some((field, call.params.get(field)?.clone())))
        .collect();
    let email = call.param("customer_details")["email"].clone();
    lists::page(call, TABLE, "/v1/checkout/sessions", |session| {
        wanted.iter().all(|(field, value)| session[field] == *value)
            && (email.is_null() || session["customer_details"]["email"] == email)
    })
}

/// `GET /v1/checkout/sessions/{session}/line_items`
pub fn line_items(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    call.find(TABLE, "checkout.session", &id)?;
    let items = call
        .store()
        .line_items
        .get(&id)
        .cloned()
        .unwrap_or_default();
    lists::paginate(
        call,
        items,
        &format!("/v1/checkout/sessions/{id}/line_items"),
    )
}
