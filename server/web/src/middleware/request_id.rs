//! `X-Request-Id`: names a request in the answer and in the log, so that what a member saw can be found (`docs/rules.md`
//! 215). A client may choose the name.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tower_http::request_id::RequestId;
use tracing::Span;

/// The header, in requests and in answers.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const LONGEST: usize = 64;

/// Drops a name that could not be one, or that comes twice: it would be written into the log.
pub async fn drop_bad_request_id(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    let mut names = headers.get_all(REQUEST_ID).iter();
    let is_good = names.next().is_none_or(is_name) && names.next().is_none();
    if !is_good {
        headers.remove(REQUEST_ID);
    }
    next.run(request).await
}

fn is_name(text: &HeaderValue) -> bool {
    let of_a_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let text = text.as_bytes();
    (1..=LONGEST).contains(&text.len()) && text.iter().all(of_a_name)
}

/// The span in which the log has what happened in a request. Queries are left out: links in mails have secrets there.
pub fn span_of(request: &Request) -> Span {
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or_default();
    let (method, path) = (request.method(), request.uri().path());
    tracing::info_span!("request", %method, path, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        let long = "a".repeat(LONGEST);
        for name in ["1", "0f8fad5b-d9cb-469f-a165-70867728950e", "a_b.C", &long] {
            assert!(is_name(&HeaderValue::from_str(name).unwrap()), "{name}");
        }
        let longer = "a".repeat(LONGEST + 1);
        for name in ["", "a b", "a;b", "\"a\"", &longer] {
            assert!(!is_name(&HeaderValue::from_str(name).unwrap()), "{name}");
        }
    }
}
