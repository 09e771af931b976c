//! More people sign in than passwords can be hashed: some are asked to come again, and nobody's attempt
//! counts that nobody looked at (`docs/rules.md` 153).

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use crate::support::{GOOD_FORM, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    in_words_on_page_and_phone,
    what_was_typed_stays,
    nobody_is_locked_out_by_it,
);

const EMAIL: &str = "mia@example.com";
const WORDS: &str = "Too many people are signing in right now. Try again in a few seconds.";
const LOGIN: &str = "/api/v1/auth/login";
const REGISTER: &str = "/api/v1/auth/register";

/// Takes all places for passwords, until it is dropped.
fn take_all(app: &TestApp) -> OwnedSemaphorePermit {
    let places = app.state.passwords.places();
    let all = u32::try_from(places.available_permits()).unwrap();
    Arc::clone(&places).try_acquire_many_owned(all).unwrap()
}

async fn in_words_on_page_and_phone(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    let crowd = take_all(&app);
    let sign_in = [("email", EMAIL), ("password", PASSWORD)];
    for (function, form) in [("sign_in", &sign_in[..]), ("register", &GOOD_FORM[..])] {
        let answer = app.browser().fetch(function, form).await;
        assert_eq!(answer.status, 503, "{function}: {}", answer.text);
        assert_eq!(answer.header("retry-after"), "5", "{function}");
        assert_eq!(answer.text, format!("ServerError|{WORDS}"), "{function}");
    }
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    let person = GOOD_FORM.map(|(name, good)| (name.to_owned(), good.into()));
    let person = Value::Object(person.into_iter().collect());
    for (path, body) in [(LOGIN, &credentials), (REGISTER, &person)] {
        let answer = app.phone().post(path, body).await;
        answer.assert_problem(503, "busy");
        assert_eq!(answer.header("retry-after"), "5", "{path}");
        assert_eq!(answer.text("detail"), WORDS, "{path}");
    }
    drop(crowd);
    assert_eq!(app.phone().post(LOGIN, &credentials).await.status, 200);
    assert_eq!(app.phone().post(REGISTER, &person).await.status, 201);
    app.signed_in(EMAIL).await;
}

/// Without JavaScript.
async fn what_was_typed_stays(app: TestApp) {
    let crowd = take_all(&app);
    let browser = app.browser();
    let answer = browser.submit("register", &GOOD_FORM).await;
    assert_eq!(answer.status, 303);
    let page = browser.get(answer.header("location")).await.text;
    assert!(page.contains(WORDS), "{page}");
    assert!(page.contains("jane@example.com"), "{page}");
    drop(crowd);
    browser.go("register", &GOOD_FORM).await;
}

async fn nobody_is_locked_out_by_it(app: TestApp) {
    const MORE_THAN_ARE_WRONG: usize = 8;
    app.member(&app.detroit, "Mia", EMAIL).await;
    app.stop_our_clock();
    let crowd = take_all(&app);
    let form = [("email", EMAIL), ("password", PASSWORD)];
    for _ in 0..MORE_THAN_ARE_WRONG {
        assert_eq!(app.browser().fetch("sign_in", &form).await.status, 503);
    }
    drop(crowd);
    app.signed_in(EMAIL).await;
}
