//! Answers a request whose handler panicked.

use std::any::Any;

use anyhow::anyhow;
use axum::response::Response;
use server_core::panic_words;

use crate::error_page;

/// Logs the panic and answers with a plain page.
pub fn on_panic(panic: Box<dyn Any + Send>) -> Response {
    let words = panic_words(&*panic);
    error_page::internal_error(&anyhow!("a handler panicked: {words}"))
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, extract::Request, routing::get};
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    async fn breaks() -> &'static str {
        panic!("the secret is 42")
    }

    #[tokio::test]
    async fn a_panic_is_a_plain_page_without_its_words() {
        let router = Router::new()
            .route("/", get(breaks))
            .layer(CatchPanicLayer::custom(on_panic));
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 10_000)
            .await
            .unwrap();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("Something went wrong on our side") && !text.contains("42"));
    }
}
