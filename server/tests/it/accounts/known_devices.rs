//! Wrong passwords are limited, and who types them keeps nobody out who signed in before.

use std::net::IpAddr;

use domain::account::{Email, SecurityEvent};
use futures::future::join_all;
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use serde_json::json;
use services::{
    Engine,
    accounts::{Client, attempts::Attempt},
    jobs::sweep,
};
use store::entities::{known_device, security_entry, throttle, user};

use crate::support::{Browser, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    a_known_browser_enters_whatever_others_try,
    a_known_browser_has_a_limit_of_its_own,
    a_known_phone_enters_whatever_others_try,
    who_is_signed_in_changes_the_password_whatever_others_try,
    guesses_sent_all_at_once_are_limited_too,
    an_address_without_an_account_is_limited_alike,
    a_changed_password_forgets_every_browser,
    a_browser_is_forgotten_after_180_days,
    a_browser_is_known_to_each_of_its_members,
    what_happens_is_logged_once_an_hour,
    what_limits_nothing_any_more_is_swept,
);

const EMAIL: &str = "mia@example.com";
const LOGIN: &str = "/api/v1/auth/login";
const DAY: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// What the browser says to a sign-in: `None` if the member is in.
async fn refused(browser: &Browser, password: &str) -> Option<String> {
    let form = [("email", EMAIL), ("password", password)];
    let page = browser.fetch("sign_in", &form).await.text;
    (!page.contains("/dashboard")).then_some(page)
}

async fn is_limited(browser: &Browser) -> bool {
    let refused = refused(browser, PASSWORD).await;
    refused.is_some_and(|words| words.contains("Too many attempts"))
}

async fn mia(app: &TestApp) -> user::Model {
    app.member(&app.detroit, "Mia", EMAIL).await
}

fn at(address: IpAddr) -> Client<'static> {
    Client {
        address,
        name: "Firefox on Linux",
        device_token: None,
    }
}

/// A wrong password for Mia from the network; whether it was looked at.
async fn guess(app: &TestApp, member: &user::Model, address: IpAddr) -> bool {
    let engine: &Engine = &app.state;
    let account = Email::parse(EMAIL).unwrap().account();
    let client = at(address);
    let begun = Attempt::begin(engine, &app.detroit, &account, Some(member), client).await;
    begun.unwrap().is_ok()
}

/// A hundred networks type a wrong password each, so that a new browser is not let in anywhere.
async fn besiege(app: &TestApp) {
    let member = app.find(&app.detroit, EMAIL).await.unwrap();
    for host in 0..100 {
        let network = [198, 51, 100, host].into();
        assert!(guess(app, &member, network).await, "{host}");
    }
    assert!(is_limited(&app.browser()).await);
}

async fn a_known_browser_enters_whatever_others_try(app: TestApp) {
    app.stop_our_clock();
    mia(&app).await;
    let known = app.browser();
    known.sign_in(EMAIL).await;
    known.submit("sign_out", &[]).await;
    besiege(&app).await;
    for _ in 0..20 {
        assert_eq!(refused(&known, PASSWORD).await, None);
    }
    assert!(is_limited(&app.browser()).await, "another browser waits");
}

async fn a_known_browser_has_a_limit_of_its_own(app: TestApp) {
    app.stop_our_clock();
    mia(&app).await;
    let known = app.browser();
    known.sign_in(EMAIL).await;
    for _ in 0..5 {
        let words = refused(&known, "a guess!").await.unwrap();
        assert!(!words.contains("Too many"), "{words}");
    }
    assert!(is_limited(&known).await);
    app.browser().sign_in(EMAIL).await;
    app.advance(std::time::Duration::from_secs(20));
    assert_eq!(refused(&known, PASSWORD).await, None);
}

async fn a_known_phone_enters_whatever_others_try(app: TestApp) {
    app.stop_our_clock();
    mia(&app).await;
    let mut credentials = json!({ "email": EMAIL, "password": PASSWORD });
    let first = app.phone().post(LOGIN, &credentials).await;
    besiege(&app).await;
    let unknown = app.phone().post(LOGIN, &credentials).await;
    unknown.assert_problem(429, "too-many-requests");
    for passed_over in [json!("nonsense"), json!(5)] {
        credentials["device_token"] = passed_over;
        let unknown = app.phone().post(LOGIN, &credentials).await;
        unknown.assert_problem(429, "too-many-requests");
    }
    credentials["device_token"] = json!(first.text("device_token"));
    let known = app.phone().post(LOGIN, &credentials).await;
    assert_eq!(known.status, 200, "{known:?}");
    assert_eq!(known.text("device_token"), first.text("device_token"));
}

async fn who_is_signed_in_changes_the_password_whatever_others_try(app: TestApp) {
    app.stop_our_clock();
    mia(&app).await;
    let known = app.browser();
    known.sign_in(EMAIL).await;
    besiege(&app).await;
    let form = [
        ("current", PASSWORD),
        ("password", "walnut carousel 77 delta"),
    ];
    known.done("change_password", &form).await;
    app.leave_jobs();
}

async fn guesses_sent_all_at_once_are_limited_too(app: TestApp) {
    app.stop_our_clock();
    let member = mia(&app).await;
    let here = [203, 0, 113, 7].into();
    let guesses = (0..20).map(|_| guess(&app, &member, here));
    let looked_at = join_all(guesses).await.into_iter().filter(|taken| *taken);
    assert_eq!(looked_at.count(), 5);
}

async fn an_address_without_an_account_is_limited_alike(app: TestApp) {
    app.stop_our_clock();
    let guesser = app.browser();
    for _ in 0..5 {
        let words = refused(&guesser, "a guess!").await.unwrap();
        assert!(!words.contains("Too many"), "{words}");
    }
    assert!(is_limited(&guesser).await);
    assert!(log(&app).await.is_empty(), "there is nobody to tell of");
}

async fn a_changed_password_forgets_every_browser(app: TestApp) {
    app.stop_our_clock();
    mia(&app).await;
    let (here, elsewhere) = (app.browser(), app.browser());
    here.sign_in(EMAIL).await;
    elsewhere.sign_in(EMAIL).await;
    let form = [
        ("current", PASSWORD),
        ("password", "walnut carousel 77 delta"),
    ];
    here.done("change_password", &form).await;
    besiege(&app).await;
    assert!(is_limited(&elsewhere).await);
    assert_eq!(refused(&here, "walnut carousel 77 delta").await, None);
    app.leave_jobs();
}

async fn a_browser_is_forgotten_after_180_days(app: TestApp) {
    app.stop_our_clock();
    mia(&app).await;
    let known = app.browser();
    known.sign_in(EMAIL).await;
    app.advance(DAY * 180 + DAY);
    besiege(&app).await;
    assert!(is_limited(&known).await);
    sweep::round(&app.state).await.unwrap();
    let kept = known_device::Entity::find().count(app.state.db.reader());
    assert_eq!(kept.await.unwrap(), 0);
}

async fn a_browser_is_known_to_each_of_its_members(app: TestApp) {
    app.stop_our_clock();
    mia(&app).await;
    app.member(&app.detroit, "Max", "max@example.com").await;
    let shared = app.browser();
    shared.sign_in(EMAIL).await;
    shared.sign_in("max@example.com").await;
    besiege(&app).await;
    assert_eq!(refused(&shared, PASSWORD).await, None);
}

/// The entries of the log, oldest first: what happened, and how often.
async fn log(app: &TestApp) -> Vec<(SecurityEvent, i64)> {
    let rows = security_entry::Entity::find()
        .order_by_asc(security_entry::Column::Id)
        .all(app.state.db.reader())
        .await
        .unwrap();
    let entries = rows.into_iter().map(|row| (*row.event, row.times));
    entries.collect()
}

async fn what_happens_is_logged_once_an_hour(app: TestApp) {
    use SecurityEvent::{SignedIn, SignedInAnew, TooManyAttempts, WrongPassword};

    app.stop_our_clock();
    mia(&app).await;
    let (guesser, known) = (app.browser(), app.browser());
    for _ in 0..5 {
        refused(&guesser, "a guess!").await;
    }
    for _ in 0..3 {
        assert!(is_limited(&guesser).await);
    }
    let guessed = [(WrongPassword, 5), (TooManyAttempts, 3)];
    assert_eq!(log(&app).await, guessed);
    app.advance(DAY);
    refused(&guesser, "a guess!").await;
    known.sign_in(EMAIL).await;
    known.sign_in(EMAIL).await;
    let since = log(&app).await.split_off(2);
    assert_eq!(
        since,
        [(WrongPassword, 1), (SignedInAnew, 1), (SignedIn, 1)]
    );
    app.advance(DAY * 90);
    sweep::round(&app.state).await.unwrap();
    assert_eq!(log(&app).await.len(), 3, "the last 90 days are kept");
}

async fn what_limits_nothing_any_more_is_swept(app: TestApp) {
    app.stop_our_clock();
    let member = mia(&app).await;
    let rows = async || {
        let rows = throttle::Entity::find().count(app.state.db.reader());
        rows.await.unwrap()
    };
    guess(&app, &member, [203, 0, 113, 7].into()).await;
    assert_eq!(rows().await, 2);
    sweep::round(&app.state).await.unwrap();
    assert_eq!(rows().await, 2);
    app.advance(std::time::Duration::from_secs(21));
    sweep::round(&app.state).await.unwrap();
    assert_eq!(rows().await, 0);
}
