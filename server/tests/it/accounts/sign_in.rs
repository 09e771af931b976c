//! Signing in reveals nothing about accounts, and slows guessing down.

use std::time::Duration;

use crate::support::{Browser, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    a_member_signs_in_and_out,
    what_is_wrong_is_not_told,
    guessing_gets_slow,
    odd_input_is_refused_in_words,
);

const EMAIL: &str = "mia@example.com";

async fn complaint(browser: &Browser, email: &str, password: &str) -> String {
    let refusal = browser
        .refused("sign_in", &[("email", email), ("password", password)])
        .await;
    assert!(refusal.fields.is_empty());
    refusal.message.unwrap()
}

async fn a_member_signs_in_and_out(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    let browser = app.browser();
    let form = [
        ("email", " MIA@Example.com "),
        ("password", PASSWORD),
        ("next", "/events"),
    ];
    let answer = browser.submit("sign_in", &form).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/events")
    );

    let dashboard = browser.get("/dashboard").await;
    assert_eq!(dashboard.status, 200);
    assert_eq!(
        dashboard.header("cache-control"),
        "private, no-store, no-transform"
    );
    assert!(dashboard.text.contains(EMAIL));

    let answer = browser.submit("sign_out", &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, "/")
    );
    assert_eq!(
        browser.get("/dashboard").await.header("location"),
        "/sign-in?next=/dashboard"
    );
}

async fn what_is_wrong_is_not_told(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    app.member(&app.coaching, "Max", "max@example.com").await;
    let browser = app.browser();
    let wrong = complaint(&browser, EMAIL, "wrongpassword").await;
    for (email, password) in [
        ("nobody@example.com", PASSWORD),
        ("max@example.com", PASSWORD),
        ("not an email", PASSWORD),
        ("", ""),
        (EMAIL, ""),
    ] {
        assert_eq!(complaint(&browser, email, password).await, wrong, "{email}");
    }
    let form = [("email", EMAIL), ("password", "wrongpassword")];
    let back = browser.submit("sign_in", &form).await;
    let page = browser.get(back.header("location")).await;
    assert!(page.text.contains(&wrong) && page.text.contains(EMAIL));
    assert!(!page.text.contains("wrongpassword"));
}

async fn guessing_gets_slow(app: TestApp) {
    app.member(&app.detroit, "Mia", EMAIL).await;
    app.member(&app.detroit, "Max", "max@example.com").await;
    app.stop_our_clock();
    let guesser = app.browser();
    for _ in 0..10 {
        app.browser().sign_in(EMAIL).await;
    }
    for _ in 0..5 {
        assert!(
            !complaint(&guesser, EMAIL, "a guess!")
                .await
                .contains("Too many")
        );
    }
    let slow = complaint(&guesser, "Mia@example.com", PASSWORD).await;
    assert!(
        slow.starts_with("Too many attempts. Try again in "),
        "{slow}"
    );
    guesser.sign_in("max@example.com").await;
    app.advance(Duration::from_secs(21));
    app.browser().sign_in(EMAIL).await;
    for _ in 0..5 {
        assert!(
            !complaint(&guesser, EMAIL, "a guess!")
                .await
                .contains("Too many"),
            "forgotten"
        );
    }
}

async fn odd_input_is_refused_in_words(app: TestApp) {
    let browser = app.browser();
    let long = "x".repeat(20_000);
    for email in ["a\0@example.com", &long, "😀", "' OR 1=1 --"] {
        complaint(&browser, email, &long).await;
    }
}
