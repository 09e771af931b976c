//! Sessions end with the browser, are new at each sign-in, and work for one site's member only.

use std::time::Duration;

use sea_orm::{EntityTrait, PaginatorTrait};
use store::{entities::session, sessions};
use stripe_stand_in::{Fault, FaultKind};

use crate::support::{Browser, PASSWORD, Page, TestApp, on_both_databases};

on_both_databases!(
    who_has_nothing_to_remember_gets_no_session,
    the_cookie_is_kept_from_scripts_and_from_the_table,
    signing_in_makes_a_new_session,
    a_slow_page_brings_no_ended_session_back,
    a_planted_session_is_not_taken_over,
    a_session_is_of_one_site,
    what_is_signed_out_stays_so,
    the_unused_are_swept,
    a_spoilt_cookie_breaks_nothing,
    a_session_of_unknown_length_has_ended,
    who_asks_is_kept_signed_in_for_thirty_days,
    an_admin_is_not_kept_signed_in,
);

const EMAIL: &str = "mia@example.com";

async fn rows(app: &TestApp) -> Vec<session::Model> {
    session::Entity::find()
        .all(app.state.db.reader())
        .await
        .unwrap()
}

/// The session's cookie with its attributes, as the browser got it.
fn cookie_of(page: &Page) -> String {
    let is_session = |cookie: &String| {
        let name = cookie.trim_start_matches("__Host-");
        name.starts_with("session=")
    };
    page.cookies()
        .into_iter()
        .find(is_session)
        .expect("a session")
}

fn session_of(page: &Page) -> String {
    cookie_of(page).split(';').next().unwrap().to_owned()
}

async fn sign_in(browser: &Browser, cookie: Option<&str>) -> Page {
    let form = format!("email={EMAIL}&password={PASSWORD}");
    let mut request = browser
        .request(reqwest::Method::POST, "/rpc/sign_in")
        .header("origin", &browser.origin)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    Page::read(request.send().await).await
}

/// A request that carries exactly this cookie.
async fn visit(app: &TestApp, host: &str, path: &str, cookie: &str) -> Page {
    let browser = app.browser_at(host);
    let request = browser
        .request(reqwest::Method::GET, path)
        .header("cookie", cookie);
    Page::read(request.send().await).await
}

async fn who_has_nothing_to_remember_gets_no_session(app: TestApp) {
    let browser = app.browser();
    for path in ["/", "/events", "/register", "/?ref=unknown1", "/nowhere"] {
        assert!(browser.get(path).await.cookies().is_empty(), "{path}");
    }
    browser
        .fetch(
            "sign_in",
            &[("email", EMAIL), ("password", "wrongpassword")],
        )
        .await;
    browser.fetch("sign_out", &[]).await;
    assert_eq!(
        session::Entity::find()
            .count(app.state.db.reader())
            .await
            .unwrap(),
        0
    );
}

async fn the_cookie_is_kept_from_scripts_and_from_the_table(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    let page = sign_in(&app.browser(), None).await;
    let cookie = cookie_of(&page);
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    for part in ["Max-Age", "Expires", "Secure", "Domain"] {
        assert!(!cookie.contains(part), "{cookie}");
    }
    let id = session_of(&page).replace("session=", "");
    let rows = rows(&app).await;
    assert_eq!((rows.len(), rows[0].id_hash.len()), (1, 64));
    assert!(!format!("{rows:?}").contains(&id));
}

#[tokio::test]
async fn behind_tls_the_cookie_is_secure() {
    let app = TestApp::configured(|config| config.behind_tls = true).await;
    app.member(&app.detroit, "Mia", EMAIL).await;
    let mut browser = app.browser();
    let url = browser.origin.clone();
    browser.origin = browser.origin.replace("http:", "https:");
    let request = browser
        .client
        .post(format!("{url}/rpc/sign_in"))
        .header("origin", &browser.origin)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("email={EMAIL}&password={PASSWORD}"));
    let page = Page::read(request.send().await).await;
    let cookie = cookie_of(&page);
    assert!(
        cookie.starts_with("__Host-session=") && cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(
        page.header("strict-transport-security")
            .starts_with("max-age=")
    );
}

async fn signing_in_makes_a_new_session(app: TestApp) {
    app.referrer(&app.detroit, EMAIL, "ab3kx7mn").await;
    let browser = app.browser();
    browser.get("/?ref=ab3kx7mn").await;
    browser.submit("register", &[]).await;
    assert_eq!(rows(&app).await, [], "made at sign-in only");
    let before = session_of(&sign_in(&browser, None).await);
    let after = session_of(&sign_in(&browser, None).await);
    assert_ne!(before, after);
    assert_eq!(rows(&app).await.len(), 1, "the old one is gone");
    assert_eq!(
        visit(&app, "localhost", "/dashboard", &before).await.status,
        303
    );
    assert_eq!(
        visit(&app, "localhost", "/dashboard", &after).await.status,
        200
    );
}

/// Stripe answers the page only after the member has signed in again, in another tab.
async fn a_slow_page_brings_no_ended_session_back(app: TestApp) {
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.run_jobs().await;
    app.advance(Duration::from_secs(61));
    let browser = app.browser();
    let before = session_of(&sign_in(&browser, None).await);
    let customer = ("GET", "/v1/customers/");
    let asked = app.stripe.requests();
    let asked = asked
        .iter()
        .filter(|sent| sent.method == customer.0 && sent.path.starts_with(customer.1))
        .count();
    app.stripe
        .fault(Fault::next(FaultKind::Hang).on(customer.0, customer.1));
    let signs_in_again = async {
        app.stripe
            .wait_until_received(customer.0, customer.1, asked + 1)
            .await
            .unwrap();
        let after = session_of(&sign_in(&browser, Some(&before)).await);
        app.stripe.release_hung();
        after
    };
    let page = visit(&app, "localhost", "/dashboard?ref=ab3kx7mn", &before);
    let (page, after) = tokio::join!(page, signs_in_again);
    let cookies = page.cookies();
    assert!(
        !cookies.iter().any(|cookie| cookie.starts_with("session=")),
        "{cookies:?}"
    );
    assert_ne!(before, after);
    let dashboard = visit(&app, "localhost", "/dashboard", &after).await;
    assert_eq!(dashboard.status, 200);
}

async fn a_planted_session_is_not_taken_over(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    let planted = "session=AAAAAAAAAAAAAAAAAAAAAA";
    let page = sign_in(&app.browser(), Some(planted)).await;
    assert_ne!(session_of(&page), planted);
    assert_eq!(
        visit(&app, "localhost", "/dashboard", planted).await.status,
        303
    );
}

async fn a_session_is_of_one_site(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    app.member(&app.coaching, "Max", "max@example.com").await;
    let cookie = session_of(&sign_in(&app.browser(), None).await);
    assert_eq!(
        visit(&app, "localhost", "/dashboard", &cookie).await.status,
        200
    );
    assert_eq!(
        visit(&app, "coaching.localhost", "/dashboard", &cookie)
            .await
            .status,
        303
    );
}

async fn what_is_signed_out_stays_so(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    let browser = app.browser();
    let cookie = session_of(&sign_in(&browser, None).await);
    assert_eq!(browser.go("sign_out", &[]).await, "/");
    assert_eq!(
        visit(&app, "localhost", "/dashboard", &cookie).await.status,
        303
    );
    assert!(rows(&app).await.is_empty());
}

async fn the_unused_are_swept(app: TestApp) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    app.member(&app.detroit, "Mia", EMAIL).await;
    let (used, unused) = (app.browser(), app.browser());
    sign_in(&used, None).await;
    sign_in(&unused, None).await;
    app.advance(10 * DAY);
    assert_eq!(used.get("/dashboard").await.status, 200);
    app.advance(5 * DAY);
    assert_eq!(
        used.get("/dashboard").await.status,
        200,
        "use keeps it alive"
    );
    assert_eq!(
        unused.get("/dashboard").await.status,
        303,
        "expired before it is swept"
    );
    let (db, now) = (app.state.db.writer(), app.state.now());
    assert_eq!(sessions::sweep(db, now).await.unwrap(), 1);
    assert_eq!(rows(&app).await.len(), 1);
}

async fn a_spoilt_cookie_breaks_nothing(app: TestApp) {
    for cookie in [
        "session=",
        "session=%00",
        "session=x; session=y",
        "=;;=",
        "session=ééé",
    ] {
        let page = visit(&app, "localhost", "/", cookie).await;
        assert_eq!(page.status, 200, "{cookie}");
    }
}

async fn a_session_of_unknown_length_has_ended(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    let browser = app.browser();
    let db = app.state.db.writer();
    for (name, spoilt) in [("signed_in_at", "soon"), ("rights", "all")] {
        browser.sign_in(EMAIL).await;
        assert_eq!(browser.get("/account").await.status, 200);
        let row = rows(&app).await.pop().unwrap();
        let mut data: serde_json::Value = serde_json::from_str(&row.data).unwrap();
        data[name] = spoilt.into();
        let id = row.id_hash.clone();
        let session = session::Model {
            data: data.to_string(),
            ..row
        };
        sessions::update(db, session).await.unwrap();
        assert_eq!(browser.get("/account").await.status, 303, "{name}");
        sessions::delete(db, &id).await.unwrap();
    }
}

/// Signs in with the tick, and returns the session's cookie as the browser got it.
async fn kept(browser: &Browser, email: &str) -> String {
    let form = [("email", email), ("password", PASSWORD), ("keep", "on")];
    cookie_of(&browser.fetch("sign_in", &form).await)
}

async fn who_asks_is_kept_signed_in_for_thirty_days(app: TestApp) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    app.stop_our_clock();
    app.member(&app.detroit, "Mia", EMAIL).await;
    let browser = app.browser();
    let cookie = kept(&browser, EMAIL).await;
    assert!(cookie.contains("Max-Age=2592000"), "{cookie}");
    app.advance(29 * DAY);
    assert_eq!(
        browser.get("/dashboard").await.status,
        200,
        "unused so long"
    );
    app.advance(DAY);
    assert_eq!(browser.get("/dashboard").await.status, 303);
}

async fn an_admin_is_not_kept_signed_in(app: TestApp) {
    app.stop_our_clock();
    app.admin(&app.detroit, "dana@example.com").await;
    let browser = app.browser();
    let cookie = kept(&browser, "dana@example.com").await;
    assert!(!cookie.contains("Max-Age"), "{cookie}");
    app.advance(Duration::from_secs(12 * 60 * 60));
    assert_eq!(browser.get("/dashboard").await.status, 303);
}
