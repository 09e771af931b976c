//! Server functions, which forms and islands call.

use axum::{
    Extension,
    body::to_bytes,
    extract::{Request, State},
    http::{
        HeaderValue, StatusCode,
        header::{ACCEPT, CACHE_CONTROL},
    },
    response::{IntoResponse, Response},
};
use leptos::server_fn::axum::get_server_fn_service;

use super::pages;
use crate::{error_page, middleware::RequestContext, state::AppState};

/// The answer to a call of a server function that does not exist.
pub const NOT_A_FORM: &str = "This site does not know this form. \
    Reload the page and try again.\n";

/// Calls the server function at the path.
pub async fn call(
    State(state): State<AppState>,
    Extension(context): Extension<RequestContext>,
    mut request: Request,
) -> Response {
    let path = request.uri().path().to_owned();
    if get_server_fn_service(&path, request.method().clone()).is_none() {
        return (StatusCode::NOT_FOUND, NOT_A_FORM).into_response();
    }
    match pages::viewer(&state, &context, path).await {
        Ok(viewer) => request.extensions_mut().insert(viewer),
        Err(error) => return error_page::internal_error(&error),
    };
    request
        .extensions_mut()
        .insert(pages::ports_of(&state, &context));
    // `FormResponse` answers forms without JavaScript. With `Accept`, Leptos would redirect them to
    // whatever address their `Referer` names.
    request.headers_mut().remove(ACCEPT);
    let response = leptos_axum::handle_server_fns_with_context(pages::provide, request)
        .await
        .into_response();
    let mut response = match response.status() {
        StatusCode::INTERNAL_SERVER_ERROR => failed(response, context.html_form).await,
        _ => response,
    };
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Answers 400 where Leptos could not read the body: Leptos answers 500 to that, but the mistake is
/// the sender's.
async fn failed(response: Response, html_form: bool) -> Response {
    const WORDS: usize = 64 * 1024;
    let (parts, body) = response.into_parts();
    let words = to_bytes(body, WORDS).await.unwrap_or_default();
    if is_senders_fault(&words) {
        (StatusCode::BAD_REQUEST, NOT_A_FORM).into_response()
    } else if html_form {
        error_page::page(StatusCode::INTERNAL_SERVER_ERROR, app::broken_page())
    } else {
        (parts, words).into_response()
    }
}

fn is_senders_fault(error: &[u8]) -> bool {
    ["Args|", "MissingArg|", "Deserialization|", "Request|"]
        .iter()
        .any(|kind| error.starts_with(kind.as_bytes()))
}

#[cfg(test)]
mod tests {
    use leptos::{prelude::ServerFnError, server_fn::error::FromServerFnError};

    use super::*;

    #[test]
    fn a_body_that_cannot_be_read_is_the_senders_fault() {
        let ours: ServerFnError = ServerFnError::ServerError("broken".into());
        assert!(!is_senders_fault(&ours.ser()));
        let theirs: [ServerFnError; 3] = [
            ServerFnError::Args("x".into()),
            ServerFnError::MissingArg("x".into()),
            ServerFnError::Deserialization("x".into()),
        ];
        for error in theirs {
            assert!(is_senders_fault(&error.ser()), "{error}");
        }
    }
}
