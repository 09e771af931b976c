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
    use std::{
        io::{self, Write},
        sync::{Arc, Mutex},
    };

    use axum::{body::Body, http::Uri};

    use super::*;

    /// Keeps what is logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(text)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_log_has_the_name_and_the_path_without_its_query() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = Uri::from_static("/reset-password?token=secret");
        let id = RequestId::new(HeaderValue::from_static("phone-1"));
        request.extensions_mut().insert(id);
        tracing::subscriber::with_default(subscriber, || {
            span_of(&request).in_scope(|| tracing::warn!("something"));
        });
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        for part in ["GET", "/reset-password", "phone-1", "something"] {
            assert!(log.contains(part), "{part}: {log}");
        }
        assert!(!log.contains("token") && !log.contains("secret"), "{log}");
    }

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
