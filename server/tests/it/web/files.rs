//! The headers of pages and files.

use reqwest::Method;

use crate::support::{Page, TestApp, on_both_databases};

on_both_databases!(healthy_once_the_database_answers,);

async fn healthy_once_the_database_answers(app: TestApp) {
    let page = app.browser_at("any.example").get("/healthz").await;
    assert_eq!((page.status.as_u16(), page.text.as_str()), (200, "ok\n"));
}

#[tokio::test]
async fn pages_run_their_own_scripts_alone() {
    let app = TestApp::spawn().await;
    let page = app.browser().get("/").await;
    let policy = page.header("content-security-policy");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .unwrap()
        .split('\'')
        .next()
        .unwrap();
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("'wasm-unsafe-eval'"));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("form-action"));
    for script in page.text.split("<script").skip(1) {
        assert!(
            script.contains(&format!("nonce=\"{nonce}\"")),
            "<script{script}"
        );
    }
    assert!(!page.text.contains(" style=\""), "style-src forbids it");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
    assert!(page.header("permissions-policy").contains("camera=()"));
    assert_eq!(
        page.header("referrer-policy"),
        "strict-origin-when-cross-origin"
    );
    assert_eq!(
        page.header("strict-transport-security"),
        "",
        "only behind TLS"
    );
    let again = app.browser().get("/").await;
    assert_ne!(again.header("content-security-policy"), policy);
}

#[tokio::test]
async fn files_are_kept_by_the_browser() {
    let app = TestApp::spawn().await;
    app.site_file("pkg/pewpros.abc.js", b"export default 1");
    app.site_file("pkg/pewpros.abc.js.br", b"compressed");
    app.site_file("favicon.svg", b"<svg/>");
    let browser = app.browser();

    let file = browser.get("/pkg/pewpros.abc.js").await;
    assert_eq!(
        (file.status.as_u16(), file.text.as_str()),
        (200, "export default 1")
    );
    assert_eq!(
        file.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    let request = browser
        .request(Method::GET, "/pkg/pewpros.abc.js")
        .header("accept-encoding", "br");
    let file = Page::read(request.send().await).await;
    assert_eq!(
        (file.header("content-encoding"), file.text.as_str()),
        ("br", "compressed")
    );

    assert_eq!(file.header("vary"), "accept-encoding");

    let file = browser.get("/favicon.svg").await;
    assert_eq!(
        file.header("cache-control"),
        "public, max-age=86400, must-revalidate"
    );
    assert_eq!(file.header("content-type"), "image/svg+xml");
    // Apps on other origins show pictures.
    let embeds = file.header("cross-origin-resource-policy");
    assert_eq!(embeds, "cross-origin");
    assert_eq!(
        browser.get("/favicon.ico").await.header("location"),
        "/favicon.svg"
    );

    let missing = browser.get("/pkg/pewpros.old.js").await;
    assert_eq!(
        (missing.status.as_u16(), missing.header("cache-control")),
        (404, "")
    );
    let missing = browser.get("/art/none.svg").await;
    assert_eq!(missing.status, 404);
    assert!(missing.text.contains("Detroit Arms"), "the site's own page");
    assert_eq!(
        missing.header("cache-control"),
        "private, no-cache, no-transform"
    );
}
