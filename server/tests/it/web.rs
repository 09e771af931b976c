//! Files, headers, forms that nobody would send, and news as it comes.

use std::time::Duration;

use domain::ProductKind;
use reqwest::{Method, header::CONTENT_TYPE};
use server::{db::notifications, live::News, services::notifications::view};
use tokio::time::timeout;

use crate::support::{Page, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(
    healthy_once_the_database_answers,
    odd_addresses_break_nothing,
    bodies_that_cannot_be_read_are_the_senders_fault,
    news_reaches_its_member_alone,
    a_stop_is_not_held_up,
    events_have_a_bound_and_no_site,
    notifications_are_the_members_own,
);

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
    assert_eq!(missing.header("cache-control"), "private, no-cache");
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

async fn news_reaches_its_member_alone(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let max = app.member(&app.detroit, "Max", "max@example.com").await;
    let browser = app.browser();
    assert_eq!(browser.get("/notifications/stream").await.status, 401);
    browser.sign_in("mia@example.com").await;
    let request = browser.request(Method::GET, "/notifications/stream");
    let mut stream = request.send().await.unwrap();
    assert_eq!(stream.headers()[CONTENT_TYPE], "text/event-stream");

    let (state, db) = (&app.state, app.state.db.conn());
    let hearing = tokio::spawn({
        let state = state.clone();
        async move { state.live.listen(&state.db).await }
    });
    let mut heard = String::new();
    while !heard.contains("for Mia") {
        for (user, text) in [(&max, "for Max"), (&mia, "for Mia")] {
            let now = state.clock.now_ms();
            let row = notifications::insert(db, user.site_id, user.id, None, text, now)
                .await
                .unwrap();
            state
                .live
                .tell(
                    &state.db,
                    News {
                        user_id: user.id,
                        notification: view(&row),
                    },
                )
                .await;
        }
        // On PostgreSQL the listener may not hear yet: tell again until it does.
        if let Ok(chunk) = timeout(Duration::from_millis(500), stream.chunk()).await {
            heard.push_str(&String::from_utf8_lossy(
                &chunk.unwrap().expect("more to come"),
            ));
        }
    }
    assert!(
        heard.contains("event: notification\n") && !heard.contains("for Max"),
        "{heard}"
    );
    hearing.abort();
}

async fn a_stop_is_not_held_up(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let browser = app.browser();
    browser.sign_in("mia@example.com").await;
    let request = browser.request(Method::GET, "/notifications/stream");
    let mut stream = request.send().await.unwrap();
    let worker = app.start_worker();

    app.stop();
    let end = async {
        while stream.chunk().await.unwrap().is_some() {}
        worker.await.unwrap().unwrap();
        app.web.await.unwrap().unwrap();
    };
    timeout(Duration::from_secs(20), end)
        .await
        .expect("stream, worker and web end");
}

async fn events_have_a_bound_and_no_site(app: TestApp) {
    let path = app
        .connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let post = async |path: &str, bytes: usize| {
        // The server hangs up on a body that it does not want to read.
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

async fn notifications_are_the_members_own(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let max = app.member(&app.detroit, "Max", "max@example.com").await;
    let (db, now) = (app.state.db.conn(), app.state.clock.now_ms());
    let insert = async |user: i64, text: &str| {
        notifications::insert(db, app.detroit.id(), user, None, text, now)
            .await
            .unwrap()
            .id
    };
    let (first, _second) = (
        insert(mia.id, "first").await,
        insert(mia.id, "second").await,
    );
    let others = insert(max.id, "for Max").await;
    let unread = async |user| {
        notifications::unread(db, app.detroit.id(), user)
            .await
            .unwrap()
    };

    let browser = app.browser();
    browser.fetch("mark_all_notifications_read", &[]).await;
    assert_eq!(
        browser.fetch("notifications", &[]).await.text,
        "[]",
        "nobody is signed in"
    );
    browser.sign_in("mia@example.com").await;
    let list = browser.fetch("notifications", &[]).await.text;
    assert!(
        list.find("second") < list.find("first") && !list.contains("for Max"),
        "{list}"
    );
    for id in [
        first.to_string(),
        others.to_string(),
        "x".into(),
        "99999999999999999999".into(),
    ] {
        browser
            .fetch("mark_notification_read", &[("id", &id)])
            .await;
    }
    assert_eq!((unread(mia.id).await, unread(max.id).await), (1, 1));
    let answer = browser.submit("mark_all_notifications_read", &[]).await;
    assert_eq!(answer.header("location"), "/notifications");
    assert_eq!((unread(mia.id).await, unread(max.id).await), (0, 1));
}
