//! What a visitor's browser remembers: a small cookie. Nothing is stored on our side before
//! sign-in.

use reqwest::{Method, cookie::Jar, header::ACCEPT};
use sea_orm::{EntityTrait, PaginatorTrait};
use store::entities::session;

use crate::support::{Browser, Page, TestApp, on_both_databases};

on_both_databases!(
    eighty_refused_forms_of_60_kb_leave_no_row,
    link_previews_leave_no_row,
    a_limited_form_leaves_no_row,
    a_normal_form_loses_nothing,
    the_longest_of_what_was_typed_is_dropped_first,
    an_admins_long_form_is_kept_whole,
    a_members_refused_forms_leave_the_session_as_it_was,
    a_cookie_that_is_not_ours_is_none,
    signing_out_forgets,
);

const CODE: &str = "ab3kx7mn";

async fn rows(app: &TestApp) -> u64 {
    let rows = session::Entity::find().count(app.state.db.reader());
    rows.await.unwrap()
}

/// The visitor cookie that a page sets.
fn visitor(page: &Page) -> String {
    let cookies = page.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.contains("visitor="));
    let cookie = cookie.unwrap_or_else(|| panic!("{cookies:?}"));
    assert!(cookie.len() <= 1024, "{} bytes: {cookie}", cookie.len());
    cookie.clone()
}

/// A browser at `host` that sends this cookie only.
fn with(app: &TestApp, host: &str, cookie: &str) -> Browser {
    let browser = app.browser_at(host);
    let jar = Jar::default();
    let cookie = cookie.split(';').next().unwrap();
    jar.add_cookie_str(cookie, &browser.origin.parse().unwrap());
    browser.with_cookies(jar, app.address)
}

async fn eighty_refused_forms_of_60_kb_leave_no_row(app: TestApp) {
    let long = "x".repeat(60_000);
    for number in 0..80 {
        let form = match number % 2 {
            0 => vec![("first_name", long.as_str()), ("email", "jane@example")],
            _ => vec![("email", long.as_str()), ("password", "wrongpassword")],
        };
        let function = ["register", "sign_in"][number % 2];
        let browser = app.browser();
        let answer = browser.submit(function, &form).await;
        assert_eq!(answer.status, 303, "{number}");
        visitor(&answer);
        let page = browser.get(answer.header("location")).await;
        assert!(page.text.contains("class=\"form-errors\""), "{number}");
    }
    assert_eq!(rows(&app).await, 0);
}

async fn link_previews_leave_no_row(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    for _ in 0..51 {
        let page = app.browser().get(&format!("/?ref={CODE}")).await;
        assert_eq!(page.status, 200);
        visitor(&page);
    }
    assert_eq!(rows(&app).await, 0);
}

async fn a_limited_form_leaves_no_row(app: TestApp) {
    let here = "127.0.0.1".parse().unwrap();
    app.use_up(|| app.state.rate_limiter.check_registration(here));
    app.use_up(|| app.state.rate_limiter.check_sign_in(here));
    for (function, path) in [("register", "/register"), ("sign_in", "/sign-in")] {
        let browser = app.browser();
        let answer = browser
            .submit(function, &[("email", "jane@example.com")])
            .await;
        visitor(&answer);
        let page = browser.get(path).await.text;
        assert!(page.contains("Too many attempts."), "{function}");
    }
    assert_eq!(rows(&app).await, 0);
}

async fn a_normal_form_loses_nothing(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let email = "maximiliane.von-hohenstein-montgomery@mail.motorcitycoaching.example";
    app.member(&app.detroit, "Max", email).await;
    let browser = app.browser();
    browser.get(&format!("/?ref={CODE}")).await;
    let (first, last) = ("Maximiliane Friederike", "von Hohenstein\u{7}Montgomery");
    let form = [
        ("first_name", first),
        ("last_name", last),
        ("email", email),
        ("date_of_birth", "1850-01-15"),
        ("password", "password1"),
        ("next", "/shop/range-bag"),
    ];
    let answer = browser.submit("register", &form).await;
    visitor(&answer);
    let page = browser.get(answer.header("location")).await.text;
    for shown in [
        first,
        email,
        "1850-01-15",
        "Remove control characters",
        "Check the year",
        "This password is easy to guess",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains("value=\"password1\""), "no password");

    browser.go("register", &crate::support::GOOD_FORM).await;
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    assert!(jane.referred_by_user_id.is_some(), "the code was not lost");
}

async fn the_longest_of_what_was_typed_is_dropped_first(app: TestApp) {
    let browser = app.browser();
    let long = "ü".repeat(500);
    let form = [
        ("first_name", "Jane"),
        ("last_name", long.as_str()),
        ("email", "jane@example"),
    ];
    let answer = browser.submit("register", &form).await;
    visitor(&answer);
    let page = browser.get(answer.header("location")).await.text;
    assert!(page.contains("Jane") && page.contains("jane@example"));
    assert!(page.contains("Use at most 80 characters.") && !page.contains("üü"));
}

/// Anybody can become a member, so a member's refused form must not be stored in the session.
async fn a_members_refused_forms_leave_the_session_as_it_was(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.signed_in("mia@example.com").await;
    let sessions = async || {
        let rows = session::Entity::find().all(app.state.db.reader()).await;
        let rows = rows.unwrap().into_iter();
        rows.map(|row| row.data).collect::<Vec<_>>()
    };
    let before = sessions().await;
    let long = "x".repeat(60_000);
    let form = [("first_name", long.as_str()), ("email", "jane@example")];
    let here = "127.0.0.1".parse().unwrap();
    for limited in [false, true] {
        if limited {
            app.use_up(|| app.state.rate_limiter.check_registration(here));
        }
        let answer = mia.submit("register", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        visitor(&answer);
        assert_eq!(sessions().await, before, "limited: {limited}");
    }
}

async fn an_admins_long_form_is_kept_whole(app: TestApp) {
    app.admin(&app.detroit, "dana@example.com").await;
    let dana = app.signed_in("dana@example.com").await;
    let long = format!("{}.", "A day at the range. ".repeat(200));
    let form = [
        ("kind", "event_ticket"),
        ("name", "Ladies' Night"),
        ("description", long.as_str()),
        ("price", "a lot"),
    ];
    let answer = dana.submit("save_product", &form).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let page = dana.get(answer.header("location")).await.text;
    assert!(page.contains(&long), "{page}");
    let page = dana.get(answer.header("location")).await.text;
    assert!(!page.contains(&long), "shown once");
    assert_eq!(rows(&app).await, 1);
}

async fn a_cookie_that_is_not_ours_is_none(app: TestApp) {
    let form = [("email", "jane@example.com"), ("password", "wrongpassword")];
    let ours = visitor(&app.browser().submit("sign_in", &form).await);
    let ours = ours.split(';').next().unwrap();
    let shown = async |host: &str, cookie: &str| {
        let page = with(&app, host, cookie).get("/sign-in").await;
        assert_eq!(page.status, 200, "{cookie}");
        page.text.contains("jane@example.com")
    };
    assert!(shown("localhost", ours).await);
    assert!(!shown("coaching.localhost", ours).await, "of another site");
    let changed = match ours.as_bytes()[40] {
        b'A' => format!("{}B{}", &ours[..40], &ours[41..]),
        _ => format!("{}A{}", &ours[..40], &ours[41..]),
    };
    for cookie in [
        &changed,
        "visitor=",
        "visitor=e30=",
        "visitor=%00",
        &ours[..60],
    ] {
        assert!(!shown("localhost", cookie).await, "{cookie}");
    }
    let referral = ours.replacen("visitor=", "referral=", 1);
    assert!(!shown("localhost", &referral).await, "under another name");
}

async fn signing_out_forgets(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let browser = app.browser();
    browser.get(&format!("/?ref={CODE}")).await;
    browser.sign_in("mia@example.com").await;
    browser.submit("sign_out", &[]).await;
    browser.go("register", &crate::support::GOOD_FORM).await;
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    assert_eq!(jane.referred_by_user_id, None);
}

#[tokio::test]
async fn behind_tls_the_cookie_is_secure_and_ends_with_the_browser() {
    for behind_tls in [true, false] {
        let app = TestApp::configured(|config| config.behind_tls = behind_tls).await;
        app.referrer(&app.detroit, "mia@example.com", CODE).await;
        let browser = app.browser();
        let page = browser.request(Method::GET, &format!("/?ref={CODE}"));
        let page = Page::read(page.header(ACCEPT, "text/html").send().await).await;
        let cookie = visitor(&page);
        assert_eq!(
            cookie.starts_with("__Host-visitor="),
            behind_tls,
            "{cookie}"
        );
        assert_eq!(cookie.contains("Secure"), behind_tls, "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        for part in ["Max-Age", "Expires", "Domain", CODE] {
            assert!(!cookie.contains(part), "{cookie}");
        }
    }
}
