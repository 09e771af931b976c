//! The headers of pages and files.

use reqwest::Method;
use services::operator::sites::{SiteChange, set};

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
    let nonce = between(policy, "'nonce-", '\'');
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

/// What stands in `text` between `before` and the next `after`.
fn between<'a>(text: &'a str, before: &str, after: char) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split(after).next().unwrap()
}

#[tokio::test]
async fn only_pages_of_the_console_load_its_islands_and_its_style() {
    let app = TestApp::spawn().await;
    let dana = app.detroit_admin().await;
    for (path, is_console) in [
        ("/", false),
        ("/dashboard", false),
        ("/admin/referrals", true),
        ("/admin/settings", true),
    ] {
        let page = dana.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let module = page.text.split("rel=\"modulepreload\" href=\"/pkg/").nth(1);
        let begins = if is_console {
            "pewpros-console."
        } else {
            "pewpros."
        };
        assert!(module.unwrap().starts_with(begins), "{path}");
        let sheet = between(&page.text, "rel=\"stylesheet\" href=\"/pkg/", '"');
        assert!(sheet.starts_with(begins), "{path}: {sheet}");
        assert!(sheet.ends_with(".css"), "{path}: {sheet}");
    }
}

#[tokio::test]
async fn a_page_that_is_opened_from_elsewhere_has_its_style_in_itself() {
    let app = TestApp::spawn().await;
    let accent = SiteChange {
        accent: Some("#b4451f".to_owned()),
        ..SiteChange::default()
    };
    set(&app.state, "detroit-arms", accent).await.unwrap();
    let dana = app.detroit_admin().await;
    let opened = async |path: &str, from: &'static str| {
        let request = dana.request(Method::GET, path);
        Page::read(request.header("sec-fetch-site", from).send().await).await
    };
    let linked = "<link id=\"style\" rel=\"stylesheet\" href=\"";
    let page = dana.get("/").await;
    let sheet = between(&page.text, linked, '"').to_owned();
    // Without the file, as with a broken release, the link says in the browser's console what is missing.
    assert!(opened("/", "none").await.text.contains(linked));
    app.site_file(&sheet[1..], b"body{margin:0}");
    for from in ["none", "cross-site"] {
        let page = opened("/", from).await;
        let policy = page.header("content-security-policy");
        let nonce = between(policy, "style-src 'self' 'nonce-", '\'');
        let begins =
            format!("<style nonce=\"{nonce}\">body{{margin:0}}:root[data-theme]{{--accent:");
        assert!(page.text.contains(&begins), "{from}: {}", page.text);
        let fetched = format!("<link rel=\"prefetch\" as=\"style\" href=\"{sheet}\">");
        assert!(page.text.contains(&fetched), "{from}: {}", page.text);
        assert!(!page.text.contains("rel=\"stylesheet\""), "{from}");
    }
    for (path, from) in [("/", "same-origin"), ("/admin/referrals", "none")] {
        let page = opened(path, from).await.text;
        assert!(page.contains(linked) && !page.contains("<style"), "{path}");
    }
}

#[tokio::test]
async fn a_page_copies_before_it_has_loaded_anything() {
    let app = TestApp::spawn().await;
    let page = app.browser().get("/sign-in").await.text;
    let head = page.split("<link id=\"style\"").next().unwrap();
    assert!(head.contains("navigator.clipboard.writeText"), "{head}");
    // What it loads has its version in its name.
    for script in ["states", "password"] {
        let name = between(&page, &format!("src=\"/pkg/{script}"), '"');
        assert!(name.starts_with('.') && name.ends_with("js"), "{script}");
    }
}

#[tokio::test]
async fn pages_are_compressed_where_a_browser_takes_it() {
    let app = TestApp::spawn().await;
    let browser = app.browser();
    let sent = async |path: &str, takes: &'static str| {
        let request = browser.request(Method::GET, path);
        let request = request.header("accept-encoding", takes);
        Page::read(request.send().await).await
    };
    let plain = sent("/", "identity").await;
    assert_eq!(plain.header("content-encoding"), "");
    let page = sent("/", "br, gzip").await;
    assert_eq!(page.header("content-encoding"), "gzip");
    assert!(page.header("vary").contains("accept-encoding"));
    // It is no text any more.
    assert!(!page.text.contains("<html"), "{}", page.text);
    assert_eq!(page.header("cache-control"), plain.header("cache-control"));
    let small = sent("/healthz", "gzip").await;
    assert_eq!(
        (small.header("content-encoding"), small.text.as_str()),
        ("", "ok\n")
    );
    // Its Brotli sibling is for those who take that; to compress it here would take too long.
    app.site_file("pkg/pewpros.abc.wasm", &[0; 10_000]);
    let wasm = sent("/pkg/pewpros.abc.wasm", "gzip").await;
    assert_eq!(wasm.header("content-encoding"), "");
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
