//! The pay page, Stripe's hosted Checkout: pay, pay with a delayed method, or go back.

mod html;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Form, Path, State},
    http::{HeaderValue, StatusCode, header::LOCATION},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::Value;

use self::html::View;
use crate::{
    api::coupons::DELETED,
    call::Call,
    checkout::{
        completion::{self, is_payment_processing, needs_email, with_session},
        payment::balance_applied,
    },
    page::not_found,
    state::SharedState,
    types::{AsyncPaymentResult, ControlError, PaymentStatus},
};

pub fn router() -> Router<Arc<SharedState>> {
    Router::new().route("/pay/{session}", get(show).post(submit))
}

/// The name of the session's coupon, as Stripe shows it on its page.
fn discount_name(call: &mut Call, session: &Value) -> String {
    let id = session["discounts"][0]["coupon"]
        .as_str()
        .unwrap_or_default();
    let store = call.store();
    let coupon = store.get("coupons", id).or_else(|| store.get(DELETED, id));
    let name = coupon.and_then(|coupon| coupon["name"].as_str());
    name.unwrap_or("Discount").to_owned()
}

#[derive(Deserialize)]
struct PayForm {
    action: String,
    #[serde(default)]
    email: String,
}

fn page(shared: &Arc<SharedState>, id: &str, error: Option<&str>) -> Response {
    let view = with_session(shared, id, |call, session| {
        Ok(View {
            items: call.store().line_items.get(id).cloned().unwrap_or_default(),
            discount: discount_name(call, &session),
            balance: balance_applied(call, &session),
            needs_email: needs_email(&session),
            processing: is_payment_processing(call, &session),
            return_to: success_url(&session),
            session,
        })
    });
    match view {
        Ok(view) => {
            let status = if error.is_some() {
                StatusCode::BAD_REQUEST
            } else {
                StatusCode::OK
            };
            (status, Html(html::render(&view, error))).into_response()
        }
        Err(ControlError(problem)) => {
            (StatusCode::NOT_FOUND, Html(not_found(html::NOTE, &problem))).into_response()
        }
    }
}

async fn show(State(shared): State<Arc<SharedState>>, Path(id): Path<String>) -> Response {
    page(&shared, &id, None)
}

async fn submit(
    State(shared): State<Arc<SharedState>>,
    Path(id): Path<String>,
    Form(form): Form<PayForm>,
) -> Response {
    let email = Some(form.email.trim());
    let outcome = match form.action.as_str() {
        "pay" => completion::complete(&shared, &id, PaymentStatus::Paid, email, None)
            .map(|session| success_url(&session)),
        "pay_slowly" => completion::complete(&shared, &id, PaymentStatus::Unpaid, email, None)
            .map(|_| format!("/pay/{id}")),
        "succeed" => completion::finish_async_payment(&shared, &id, AsyncPaymentResult::Succeeded)
            .map(|session| success_url(&session)),
        "fail" => completion::finish_async_payment(&shared, &id, AsyncPaymentResult::Failed)
            .map(|_| format!("/pay/{id}")),
        _ => Err(ControlError("there is no such button".into())),
    };
    match outcome {
        Ok(location) => see_other(&location),
        Err(ControlError(problem)) => page(&shared, &id, Some(&problem)),
    }
}

fn success_url(session: &Value) -> String {
    let id = session["id"].as_str().unwrap_or_default();
    let url = session["success_url"].as_str().unwrap_or_default();
    url.replace("{CHECKOUT_SESSION_ID}", id)
}

/// Leads to another page.
pub fn see_other(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
