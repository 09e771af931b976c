//! A platform referrer signs in to their own page by a link in a mail.

use std::time::Duration;

use mailbox::ReceivedMail;
use reqwest::cookie::Jar;
use sea_orm::{EntityTrait, PaginatorTrait};
use services::{jobs::sweep, operator::detach};
use store::entities::{referrer_link, referrer_session};

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    a_link_signs_in_once_and_by_a_button,
    whoever_asks_learns_nothing,
    nobody_is_mailed_without_end,
    a_link_ends_after_thirty_minutes_and_holds_at_one_brand,
    of_two_who_use_a_link_at_once_one_does,
    a_session_ends_after_twelve_idle_hours_or_seven_days,
    signing_out_ends_the_session,
    a_session_is_no_members,
    a_changed_address_ends_links_and_sessions,
    no_token_is_stored,
    a_detached_copy_knows_nobody,
);

pub const JORDAN: &str = "jordan@example.com";

pub fn at(app: &TestApp, brand: &str) -> Browser {
    app.browser_at(&format!("{brand}.localhost"))
}

pub async fn ask(browser: &Browser, email: &str) -> String {
    let form = [("email", email)];
    browser.fetch("mail_referrer_link", &form).await.text
}

/// The mails with links that arrived after every job was done.
pub async fn links(app: &TestApp) -> Vec<ReceivedMail> {
    app.run_jobs().await;
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject == "Sign in to your referrals");
    mails
}

/// The token in the last link.
pub async fn token(app: &TestApp) -> String {
    let mail = links(app).await.pop().expect("a mail");
    let link = mail.link("/referrer/sign-in?token=").expect("a link");
    link.split_once("token=").unwrap().1.to_owned()
}

/// A browser in which Jordan is signed in at PewPros.
pub async fn signed_in(app: &TestApp) -> Browser {
    let browser = at(app, "pewpros");
    ask(&browser, JORDAN).await;
    let token = token(app).await;
    let to = browser.go("sign_referrer_in", &[("token", &token)]).await;
    assert_eq!(to, "/referrer");
    browser
}

pub async fn page(browser: &Browser) -> String {
    let page = browser.get("/referrer").await;
    assert_eq!(page.status, 200);
    page.text
}

pub fn is_signed_in(page: &str) -> bool {
    page.contains("Sign out") && !page.contains("Email me a link")
}

async fn a_link_signs_in_once_and_by_a_button(app: TestApp) {
    app.platform().await;
    let browser = at(&app, "coachpros");
    assert!(page(&browser).await.contains("Email me a link"));
    ask(&browser, " Jordan@Example.com ").await;
    let mail = links(&app).await.remove(0);
    assert_eq!(mail.to, [JORDAN]);
    assert_eq!(mail.from, "CoachPros <no-reply@pewpros.example>");
    let token = token(&app).await;
    let opened = format!("/referrer/sign-in?token={token}");
    for _ in 0..2 {
        let opened = browser.get(&opened).await;
        assert!(
            opened.text.contains("sign_referrer_in"),
            "a button: {}",
            opened.text
        );
        assert!(opened.cookies().is_empty(), "opening signs nobody in");
    }
    assert!(!is_signed_in(&page(&browser).await));
    let answer = browser
        .submit("sign_referrer_in", &[("token", &token)])
        .await;
    assert_eq!(answer.header("location"), "/referrer");
    let cookie = answer.cookies().remove(0);
    for part in ["referrer=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Max-Age"), "it ends with the browser");
    let shown = browser.get("/referrer").await;
    assert!(is_signed_in(&shown.text), "{}", shown.text);
    assert!(shown.header("cache-control").contains("no-store"));
    let other = at(&app, "coachpros");
    let again = other
        .refused("sign_referrer_in", &[("token", &token)])
        .await;
    let again = again.message.unwrap();
    assert!(again.contains("no longer works"), "{again}");
    let opened = other.get(&opened).await.text;
    assert!(opened.contains("This link no longer works"));
}

async fn whoever_asks_learns_nothing(app: TestApp) {
    app.platform().await;
    let browser = at(&app, "pewpros");
    let known = ask(&browser, JORDAN).await;
    let unknown = ask(&browser, "nobody@example.com").await;
    assert_eq!(known, unknown);
    assert!(known.contains("If there is a referrer with this address"));
    let bad = browser.refused("mail_referrer_link", &[("email", "jordan")]);
    let bad = bad.await;
    assert!(bad.about("email").is_some());
    assert_eq!(bad.typed("email"), "jordan");
    assert_eq!(links(&app).await.len(), 1);
}

async fn nobody_is_mailed_without_end(app: TestApp) {
    app.platform().await;
    app.stop_our_clock();
    for brand in ["pewpros", "coachpros", "pewpros", "coachpros", "pewpros"] {
        ask(&at(&app, brand), JORDAN).await;
    }
    assert_eq!(links(&app).await.len(), 3);
    app.advance(Duration::from_secs(20 * 60));
    ask(&at(&app, "pewpros"), JORDAN).await;
    assert_eq!(links(&app).await.len(), 4);
}

async fn a_link_ends_after_thirty_minutes_and_holds_at_one_brand(app: TestApp) {
    app.platform().await;
    let browser = at(&app, "pewpros");
    ask(&browser, JORDAN).await;
    let token = token(&app).await;
    let form = [("token", token.as_str())];
    at(&app, "coachpros")
        .refused("sign_referrer_in", &form)
        .await;
    app.browser().refused("sign_referrer_in", &form).await;
    app.advance(Duration::from_secs(30 * 60));
    browser.refused("sign_referrer_in", &form).await;
    assert!(!is_signed_in(&page(&browser).await));
}

async fn of_two_who_use_a_link_at_once_one_does(app: TestApp) {
    app.platform().await;
    ask(&at(&app, "pewpros"), JORDAN).await;
    let token = token(&app).await;
    let form = [("token", token.as_str())];
    let (one, other) = (at(&app, "pewpros"), at(&app, "pewpros"));
    tokio::join!(
        one.submit("sign_referrer_in", &form),
        other.submit("sign_referrer_in", &form)
    );
    let (one, other) = (page(&one).await, page(&other).await);
    assert_ne!(is_signed_in(&one), is_signed_in(&other));
}

async fn a_session_ends_after_twelve_idle_hours_or_seven_days(app: TestApp) {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    app.platform().await;
    app.stop_our_clock();
    let browser = signed_in(&app).await;
    app.advance(HOUR * 12);
    assert!(!is_signed_in(&page(&browser).await), "idle");
    let browser = signed_in(&app).await;
    for _ in 0..16 {
        app.advance(HOUR * 10);
        assert!(is_signed_in(&page(&browser).await));
    }
    app.advance(HOUR * 8);
    assert!(!is_signed_in(&page(&browser).await), "after seven days");
    sweep::round(&app.state).await.unwrap();
    let db = app.state.db.reader();
    assert_eq!(referrer_session::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(referrer_link::Entity::find().count(db).await.unwrap(), 0);
}

async fn signing_out_ends_the_session(app: TestApp) {
    app.platform().await;
    let browser = at(&app, "pewpros");
    ask(&browser, JORDAN).await;
    let token = token(&app).await;
    let answer = browser
        .submit("sign_referrer_in", &[("token", &token)])
        .await;
    let cookie = answer.cookies().remove(0);
    let stolen = Jar::default();
    stolen.add_cookie_str(&cookie, &browser.origin.parse().unwrap());
    let thief = at(&app, "pewpros").with_cookies(stolen, app.address);
    assert!(is_signed_in(&page(&thief).await));
    let said = browser.done("sign_referrer_out", &[]).await;
    assert_eq!(said, "You are signed out.");
    assert!(!is_signed_in(&page(&browser).await));
    assert!(
        !is_signed_in(&page(&thief).await),
        "the cookie is worth nothing"
    );
}

/// Neither is a platform referrer a member, nor a member a platform referrer.
async fn a_session_is_no_members(app: TestApp) {
    let platform = app.platform().await;
    let browser = signed_in(&app).await;
    let account = browser.get("/account").await;
    assert!(account.header("location").starts_with("/sign-in"));
    assert!(
        browser
            .get("/admin/referrals")
            .await
            .header("location")
            .starts_with("/sign-in")
    );
    // A member of a brand, with Jordan's address.
    app.platform_admin(&platform.pewpros, JORDAN).await;
    let admin = at(&app, "pewpros");
    admin.sign_in(JORDAN).await;
    assert!(!is_signed_in(&page(&admin).await));
    // A member's cookie under the other name, and the other way round.
    let db = app.state.db.reader();
    assert_eq!(referrer_session::Entity::find().count(db).await.unwrap(), 1);
    let made_up = Jar::default();
    let url = browser.origin.parse().unwrap();
    made_up.add_cookie_str("referrer=0123456789abcdef", &url);
    let made_up = at(&app, "pewpros").with_cookies(made_up, app.address);
    assert!(!is_signed_in(&page(&made_up).await));
}

async fn a_changed_address_ends_links_and_sessions(app: TestApp) {
    let platform = app.platform().await;
    let browser = signed_in(&app).await;
    ask(&browser, JORDAN).await;
    let token = token(&app).await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let id = platform.jordan.id.to_string();
    let change = async |email: &str, version: &str| {
        let form = [
            ("id", id.as_str()),
            ("name", "Jordan Reyes"),
            ("email", email),
            ("version", version),
        ];
        pat.done("change_referrer", &form).await
    };
    change("JORDAN@example.com", "1").await;
    assert!(is_signed_in(&page(&browser).await), "the same address");
    change("new@example.com", "2").await;
    assert!(!is_signed_in(&page(&browser).await));
    let form = [("token", token.as_str())];
    browser.refused("sign_referrer_in", &form).await;
}

async fn no_token_is_stored(app: TestApp) {
    app.platform().await;
    let browser = at(&app, "pewpros");
    ask(&browser, JORDAN).await;
    let link = token(&app).await;
    let db = app.state.db.reader();
    let stored = referrer_link::Entity::find().all(db).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert!(!format!("{stored:?}").contains(&link));
    let answer = browser
        .submit("sign_referrer_in", &[("token", &link)])
        .await;
    let cookie = answer.cookies().remove(0);
    let session = cookie.split(['=', ';']).nth(1).unwrap();
    assert_eq!(session.len(), 32, "{cookie}");
    let stored = referrer_session::Entity::find().all(db).await.unwrap();
    assert!(!format!("{stored:?}").contains(session));
}

async fn a_detached_copy_knows_nobody(app: TestApp) {
    app.platform().await;
    let browser = signed_in(&app).await;
    ask(&browser, JORDAN).await;
    let token = token(&app).await;
    detach::detach(&app.state, true).await.unwrap();
    assert!(!is_signed_in(&page(&browser).await));
    let form = [("token", token.as_str())];
    browser.refused("sign_referrer_in", &form).await;
}
