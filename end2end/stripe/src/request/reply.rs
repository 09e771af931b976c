//! Answers on their way out.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use crate::{books::kept::Answer, contract, error::StripeError, request::asked::Asked};

/// Marks a response that must never be sent: the connection is closed instead.
#[derive(Clone, Copy)]
pub struct Dropped;

/// Stripe's error as a response.
pub fn refusal(asked: &Asked, error: &StripeError) -> Response {
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

/// An answer with Stripe's headers.
pub fn reply(asked: &Asked, answer: &Answer, replayed: bool) -> Response {
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

/// No answer at all.
pub fn dropped() -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Dropped);
    response
}

/// What stands before Stripe has failed, and speaks HTML.
pub fn bad_gateway() -> Response {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>\
                <center><h1>502 Bad Gateway</h1></center></body></html>";
    (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, "text/html")], page).into_response()
}
