//! The rate limits of one address and of one account.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use services::accounts::{Client, attempts::Attempt};

use super::{LOGIN, REGISTER};
use crate::support::{ApiResponse, PASSWORD, Page, TestApp};

const PROXY: &str = "127.0.0.1";

/// A call from a client behind a proxy.
async fn from(
    app: &TestApp,
    address: &str,
    method: Method,
    path: &str,
    body: &Value,
) -> ApiResponse {
    let phone = app.phone();
    let call = phone
        .request(method, path)
        .header("X-Forwarded-For", address);
    phone.send(call.json(body)).await
}

async fn look_up(app: &TestApp, address: &str) -> ApiResponse {
    let path = "/api/v1/referral-codes/zzzzzzzz";
    from(app, address, Method::GET, path, &Value::Null).await
}

#[track_caller]
fn assert_waits(response: &ApiResponse, seconds: u64) {
    assert_eq!(
        response.header("retry-after"),
        seconds.to_string(),
        "{response:?}"
    );
}

#[tokio::test]
async fn codes_cannot_be_tried_out() {
    let app = TestApp::configured(|config| config.trusted_proxies = vec![PROXY.into()]).await;
    app.stop_our_clock();
    for _ in 0..60 {
        look_up(&app, "203.0.113.7")
            .await
            .assert_problem(404, "unknown-code");
    }
    let response = look_up(&app, "203.0.113.7").await;
    response.assert_problem(429, "too-many-requests");
    assert_waits(&response, 2);
    look_up(&app, "203.0.113.8")
        .await
        .assert_problem(404, "unknown-code");
    app.advance(Duration::from_secs(2));
    look_up(&app, "203.0.113.7")
        .await
        .assert_problem(404, "unknown-code");
    look_up(&app, "203.0.113.7")
        .await
        .assert_problem(429, "too-many-requests");
}

#[tokio::test]
async fn without_a_trusted_proxy_the_header_counts_for_nothing() {
    let app = TestApp::spawn().await;
    app.stop_our_clock();
    for number in 0..60 {
        look_up(&app, &format!("203.0.113.{number}")).await;
    }
    look_up(&app, "198.51.100.1")
        .await
        .assert_problem(429, "too-many-requests");
}

#[tokio::test]
async fn registrations_are_counted_for_web_and_app_together() {
    let app = TestApp::spawn().await;
    app.stop_our_clock();
    for _ in 0..59 {
        app.phone()
            .post(REGISTER, &json!({}))
            .await
            .assert_problem(422, "invalid-fields");
    }
    app.browser().refused("register", &[]).await;
    let response = app.phone().post(REGISTER, &json!({})).await;
    response.assert_problem(429, "too-many-requests");
    let refusal = app.browser().refused("register", &[]).await;
    assert_eq!(refusal.message.as_deref(), response.json["detail"].as_str());
}

#[tokio::test]
async fn wrong_passwords_are_counted_for_each_account_and_network() {
    let app = TestApp::configured(|config| config.trusted_proxies = vec![PROXY.into()]).await;
    app.stop_our_clock();
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    for (guesser, neighbor, other) in [
        ("203.0.113.7", "203.0.113.7", "203.0.113.8"),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:1::1"),
    ] {
        let log_in = async |address: &str, password: &str| {
            let sent = json!({ "email": "mia@example.com", "password": password });
            from(&app, address, Method::POST, LOGIN, &sent).await
        };
        for _ in 0..5 {
            log_in(guesser, "wrongpassword")
                .await
                .assert_problem(401, "wrong-credentials");
        }
        let response = log_in(neighbor, PASSWORD).await;
        response.assert_problem(429, "too-many-requests");
        assert_waits(&response, 20);
        assert_eq!(log_in(other, PASSWORD).await.status, 200);
        app.advance(Duration::from_secs(20));
        assert_eq!(log_in(neighbor, PASSWORD).await.status, 200);
    }
}

/// An attacker sends five wrong passwords, then one every 3 s; the member signs in with the right
/// one on the web and in the app.
#[tokio::test]
async fn who_guesses_keeps_the_member_out_of_nothing() {
    let app = TestApp::configured(|config| config.trusted_proxies = vec![PROXY.into()]).await;
    app.stop_our_clock();
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let (attacker, mia) = ("127.0.0.9", "127.0.0.2");
    let guess = json!({ "email": "mia@example.com", "password": "wrongpassword" });
    let right = json!({ "email": "mia@example.com", "password": PASSWORD });
    let form = [("email", "mia@example.com"), ("password", PASSWORD)];
    for _ in 0..5 {
        let response = from(&app, attacker, Method::POST, LOGIN, &guess).await;
        response.assert_problem(401, "wrong-credentials");
    }
    let mut refused = 0;
    for moment in 0..20 {
        let response = from(&app, attacker, Method::POST, LOGIN, &guess).await;
        refused += u32::from(response.status == 429);
        let response = from(&app, mia, Method::POST, LOGIN, &right).await;
        assert_eq!(response.status, 200, "{moment}: {response:?}");
        let sent = app.browser().form("sign_in", &form);
        let sent = sent.header("X-Forwarded-For", mia);
        let page = Page::read(sent.header("accept", "application/json").send().await).await;
        assert_eq!(page.status, 200, "{moment}");
        assert!(page.text.contains("/dashboard"), "{moment}: {}", page.text);
        app.advance(Duration::from_secs(3));
    }
    assert!(refused >= 16, "who guesses waits: {refused}");
}

#[tokio::test]
async fn guesses_from_many_networks_are_bounded_together() {
    let app = TestApp::configured(|config| config.trusted_proxies = vec![PROXY.into()]).await;
    app.stop_our_clock();
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    for host in 0..100 {
        let client = Client {
            address: [198, 51, 100, host].into(),
            name: "Firefox on Linux",
            device_token: None,
        };
        let tried = Attempt::begin(&app.state, &app.detroit, "mia@example.com", None, client);
        assert!(tried.await.unwrap().is_ok(), "{host}");
    }
    let guess = json!({ "email": "mia@example.com", "password": "wrongpassword" });
    let response = from(&app, "203.0.113.7", Method::POST, LOGIN, &guess).await;
    response.assert_problem(429, "too-many-requests");
    assert_waits(&response, 4);
}
