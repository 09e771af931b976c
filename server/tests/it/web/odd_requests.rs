//! Requests that no page of ours makes.

use domain::purchase::ProductKind;
use reqwest::{Method, header::CONTENT_TYPE};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Page, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(
    odd_addresses_break_nothing,
    paths_with_two_readings_are_refused,
    headers_have_a_bound,
    names_too_long_for_a_file_are_not_found,
    bodies_that_cannot_be_read_are_the_senders_fault,
    events_have_a_bound_and_no_site,
);

async fn headers_have_a_bound(app: TestApp) {
    let browser = app.browser();
    for (letters, status) in [(30_000, 200), (100_000, 431)] {
        let request = browser.request(Method::GET, "/healthz");
        let request = request.header("x-long", "x".repeat(letters));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{letters} letters");
    }
}

async fn odd_addresses_break_nothing(app: TestApp) {
    app.product(&app.detroit, ProductKind::Course, "first-shots", 4900)
        .await;
    let browser = app.browser();
    assert_eq!(browser.get("/courses/first-shots").await.status, 200);
    let long = format!("/courses/{}", "a".repeat(5000));
    for path in [
        "/nowhere",
        "/courses/none",
        "/courses/%00",
        "/courses/%ff",
        "/courses/%zz",
        "/courses/first-shots%00",
        "/courses/../../etc/passwd",
        "/courses/%2e%2e%2fetc",
        "/..%2f..%2fetc/passwd",
        "/%00",
        "/%ff%fe",
        "//",
        "//evil.example",
        "/pkg/%00",
        "/pkg/../Cargo.toml",
        "/purchases/abc",
        "/purchases/99999999999999999999",
        "/rpc/",
        "/rpc/none",
        "/rpc/sign_in",
        "/webhooks/stripe/none",
        &long,
    ] {
        let status = browser.get(path).await.status.as_u16();
        assert!((300..500).contains(&status), "{path}: {status}");
    }
    for method in [
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::POST,
        Method::OPTIONS,
    ] {
        for path in ["/", "/nowhere", "/rpc/sign_in", "/art/x.svg", "/pkg/x.js"] {
            let request = browser
                .request(method.clone(), path)
                .header("origin", &browser.origin);
            let status = Page::read(request.send().await).await.status.as_u16();
            assert!((200..500).contains(&status), "{method} {path}: {status}");
        }
    }
}

/// The longest file name has 255 bytes, and `.br` is tried after each name.
/// A browser would send `/admin/members` for most of these, and ask to sign in.
async fn paths_with_two_readings_are_refused(app: TestApp) {
    for path in [
        "/x/../admin/members",
        "/%2e/admin/settings",
        "/foo/%2e%2e/admin/referrals",
        "/admin\\catalog",
        "/admin%5Ccatalog",
        "/admin%2fcatalog",
        "/x/../api/v1/me",
        "/./webhooks/stripe/none",
    ] {
        let mut connection = TcpStream::connect(app.address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
    }
}

async fn names_too_long_for_a_file_are_not_found(app: TestApp) {
    app.site_file(&format!("{}.txt", "b".repeat(200)), b"found");
    for host in ["localhost", "unknown.example"] {
        let browser = app.browser_at(host);
        for length in (248..=260).chain([300, 4000, 5000, 60_000]) {
            for path in [
                format!("/{}", "a".repeat(length)),
                format!("/pkg/{}", "a".repeat(length)),
                format!("/art/{}.svg", "a".repeat(length)),
                format!("/{}", "a/".repeat(length / 2)),
                format!("/{}", "%C3%A4".repeat(length / 6 + 1)),
            ] {
                let status = browser.get(&path).await.status.as_u16();
                assert_eq!(status, 404, "{host} {length} {}", &path[..8]);
            }
        }
    }
    let long = format!("/{}.txt", "b".repeat(200));
    assert_eq!(app.browser().get(&long).await.text, "found");
}

async fn bodies_that_cannot_be_read_are_the_senders_fault(app: TestApp) {
    let browser = app.browser();
    const FORM: &str = "application/x-www-form-urlencoded";
    let bodies: [(&str, &[u8]); 8] = [
        (FORM, b"\xff\xfe\x00"),
        (FORM, b"%zz=%"),
        (FORM, b"email[a][b][c][d][e][f][g]=1"),
        (FORM, b"email=1&email=2"),
        (FORM, b"email[]=1&password[x]=2"),
        ("application/json", b"{\"email\":{}}"),
        ("multipart/form-data; boundary=x", b"--x"),
        ("", b""),
    ];
    for function in [
        "sign_in",
        "register",
        "buy",
        "mark_notification_read",
        "nothing",
    ] {
        for accept in ["text/html", "*/*"] {
            for (content_type, body) in bodies {
                let request = browser
                    .request(Method::POST, &format!("/rpc/{function}"))
                    .header("origin", &browser.origin)
                    .header("referer", "http://evil.example/")
                    .header("accept", accept)
                    .header(CONTENT_TYPE, content_type)
                    .body(body.to_vec());
                let page = Page::read(request.send().await).await;
                assert!(
                    page.status.as_u16() < 500,
                    "{function} {body:?}: {}",
                    page.text
                );
                assert!(
                    !page.header("location").contains("evil"),
                    "{function} {body:?}"
                );
            }
        }
    }
    let unknown = browser.fetch("none", &[]).await;
    assert!(unknown.text.contains("Reload the page"));
    let long = "x".repeat(70_000);
    let large = browser.fetch("sign_in", &[("email", &long)]).await;
    assert_eq!(large.status, 413);
}

async fn events_have_a_bound_and_no_site(app: TestApp) {
    let path = app
        .connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let post = async |path: &str, bytes: usize| {
        // The server closes the connection rather than read an unwanted body.
        let browser = app.browser_at("any.example");
        let request = browser
            .request(Method::POST, path)
            .header("sec-fetch-site", "cross-site")
            .body(vec![b'x'; bytes]);
        Page::read(request.send().await).await.status
    };
    assert_eq!(post(&path, 1024 * 1024).await, 413);
    assert_eq!(post(&path, 500 * 1024).await, 400, "not signed");
    assert_eq!(post("/webhooks/stripe/none", 10).await, 404);
    assert_eq!(app.browser().get(&path).await.status, 405);
}
