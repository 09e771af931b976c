//! Enforces the access table.

use app::types::{SESSION_ENDED, local};
use axum::{
    Extension,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, LOCATION, REFERER},
    },
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use leptos::{prelude::ServerFnError, server_fn::error::FromServerFnError};

use services::accounts::security_log;
use store::entities::user;

use super::{
    access::{Access, Forbidden, of_path},
    pages,
    rpc::NOT_A_FORM,
};
use crate::{middleware::RequestContext, state::AppState};

const FACTOR_MISSING: &str = "Set up a second factor in your account first.";
const NOT_ALLOWED: &str = "This account may not do that.";

/// Compares the request with the access table. A visitor who is not signed in is sent to sign in
/// and then back; a signed-in member learns that the account may not do this.
pub async fn check_access(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let Some(context) = request.extensions().get::<RequestContext>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let signed_in = context.user.is_some();
    let access = of_path(&path);
    if access.allows(signed_in, context.rights()) {
        return next.run(request).await;
    }
    if access == Access::Nobody {
        return (StatusCode::NOT_FOUND, NOT_A_FORM).into_response();
    }
    if let Some(member) = &context.user {
        note_refused(&state, &context, member).await;
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let form = !reads || path.trim_start_matches('/').starts_with("rpc/");
    match (form, signed_in) {
        (false, true) if context.second_factor_missing => Redirect::to("/account").into_response(),
        (false, true) => {
            request.extensions_mut().insert(Forbidden);
            pages::render(State(state), Extension(context), request).await
        }
        // By HTML's rules for server-sent events, a 204 keeps the browser from reconnecting. The
        // browser also reconnects while a member signs out, so this is not an error.
        (false, false) if !wants_page(request.headers()) => StatusCode::NO_CONTENT.into_response(),
        (false, false) => {
            let asked = request.uri().path_and_query().map(ToString::to_string);
            see_sign_in(asked.as_deref())
        }
        (true, false) if context.html_form => see_sign_in(came_from(request.headers()).as_deref()),
        (true, false) => refused(StatusCode::UNAUTHORIZED, SESSION_ENDED),
        (true, true) if context.second_factor_missing => {
            refused(StatusCode::FORBIDDEN, FACTOR_MISSING)
        }
        (true, true) => refused(StatusCode::FORBIDDEN, NOT_ALLOWED),
    }
}

/// Writes the refusal into the security log. It is answered even if that fails.
async fn note_refused(state: &AppState, context: &RequestContext, member: &user::Model) {
    let browser = context.browser();
    let client = context.client(&browser);
    if let Err(error) = security_log::not_allowed(state, member, client).await {
        tracing::error!("a refusal is not in the security log: {error:#}");
    }
}

/// An event stream cannot use a redirect to the sign-in page.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    !accept.is_some_and(|accept| accept.contains("text/event-stream"))
}

/// The path of the page that sent a form, from `Referer`.
fn came_from(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(REFERER)?.to_str().ok()?;
    let uri: axum::http::Uri = referer.parse().ok()?;
    uri.path_and_query().map(ToString::to_string)
}

fn see_sign_in(next: Option<&str>) -> Response {
    let to = match next.and_then(local::path) {
        Some(next) => {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("next", next)
                .finish()
                .replace("%2F", "/");
            format!("/sign-in?{query}")
        }
        None => "/sign-in".to_owned(),
    };
    let mut response = (
        StatusCode::SEE_OTHER,
        [(CACHE_CONTROL, HeaderValue::from_static("no-store"))],
    )
        .into_response();
    if let Ok(to) = HeaderValue::from_str(&to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// Writes the error in the form in which an island reads errors of server functions.
fn refused(status: StatusCode, words: &str) -> Response {
    let error: ServerFnError = ServerFnError::ServerError(words.to_owned());
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, error.ser()).into_response()
}
