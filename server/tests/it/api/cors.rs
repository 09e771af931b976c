//! CORS: pages of other origins may not call, unless the operator allows it.

use reqwest::{Method, RequestBuilder};

use super::{LOGIN, ME};
use crate::support::{Page, TestApp};

const ORIGIN: &str = "https://app.example.com";

async fn preflight(app: &TestApp, origin: &str) -> Page {
    let call = app.phone().request(Method::OPTIONS, LOGIN);
    let call = call
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header(
            "Access-Control-Request-Headers",
            "content-type,idempotency-key",
        );
    sent(call).await
}

async fn sent(call: RequestBuilder) -> Page {
    Page::read(call.send().await).await
}

#[tokio::test]
async fn closed_by_default() {
    let app = TestApp::spawn().await;
    let page = preflight(&app, ORIGIN).await;
    assert_eq!(page.status, 405);
    assert_eq!(page.header("access-control-allow-origin"), "");
    let call = app
        .phone()
        .request(Method::GET, ME)
        .header("Origin", ORIGIN);
    assert_eq!(sent(call).await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn open_to_those_who_are_named() {
    let app =
        TestApp::configured(|config| config.cors_origins = vec![ORIGIN.into(), String::new()])
            .await;
    let page = preflight(&app, ORIGIN).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(
        page.header("access-control-allow-methods"),
        "GET,POST,PATCH,DELETE"
    );
    assert_eq!(
        page.header("access-control-allow-credentials"),
        "",
        "never with cookies"
    );
    let call = app
        .phone()
        .request(Method::GET, ME)
        .header("Origin", ORIGIN);
    let refused = sent(call).await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("access-control-allow-origin"), ORIGIN);
    for name in ["retry-after", "ratelimit", "x-request-id", "etag"] {
        let exposed = refused.header("access-control-expose-headers");
        assert!(exposed.contains(name), "{name}: {exposed}");
    }
    for origin in [
        "https://evil.example",
        "https://app.example.com.evil.example",
        "null",
    ] {
        let page = preflight(&app, origin).await;
        assert_eq!(page.header("access-control-allow-origin"), "", "{origin}");
    }
    // The setting does not open the site's own pages to them.
    let call = app
        .phone()
        .request(Method::GET, "/")
        .header("Origin", ORIGIN);
    assert_eq!(sent(call).await.header("access-control-allow-origin"), "");
}
