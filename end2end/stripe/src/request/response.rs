//! HTTP responses.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use crate::{
    contract, error::StripeError, request::api_request::ApiRequest,
    store::idempotency::StoredResponse,
};

/// Marks a response that must not be sent: the connection is closed instead.
#[derive(Clone, Copy)]
pub struct DropConnection;

pub fn error_response(request: &ApiRequest, error: &StripeError) -> Response {
    let body = format!("{:#}", error.body());
    let request_id = request.request_id.clone();
    json_response(
        request,
        &StoredResponse {
            status: error.status,
            body,
            request_id,
        },
        false,
    )
}

/// A response with Stripe's headers.
pub fn json_response(request: &ApiRequest, stored: &StoredResponse, replayed: bool) -> Response {
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(Bytes::from(stored.body.clone()))).into_response();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set("content-type", "application/json");
    set("request-id", &request.request_id);
    set("stripe-version", contract::version());
    if let Some(key) = &request.idempotency_key {
        set("idempotency-key", key);
    }
    if replayed {
        set("idempotent-replayed", "true");
        set("original-request", &stored.request_id);
    }
    response
}

/// Closes the connection without a response.
pub fn drop_connection() -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(DropConnection);
    response
}

/// The error page of a proxy in front of Stripe: HTML, not JSON.
pub fn bad_gateway() -> Response {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>\
                <center><h1>502 Bad Gateway</h1></center></body></html>";
    (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, "text/html")], page).into_response()
}
