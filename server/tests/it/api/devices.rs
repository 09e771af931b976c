//! API tokens work for one site, for a limited time, and until they are revoked.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::{LOGIN, ME};
use crate::support::{PASSWORD, TestApp, on_both_databases};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

on_both_databases!(
    a_token_ends_ninety_days_after_it_was_used,
    a_device_is_signed_out_on_the_page_of_the_account,
    the_oldest_of_too_many_devices_is_signed_out,
);

async fn a_token_ends_ninety_days_after_it_was_used(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let used = app.phone_of("mia@example.com").await;
    let unused = app.phone_of("mia@example.com").await;
    app.advance(89 * DAY);
    assert_eq!(used.get(ME).await.status, 200);
    app.advance(DAY);
    unused.get(ME).await.assert_problem(401, "invalid-token");
    app.advance(88 * DAY);
    assert_eq!(used.get(ME).await.status, 200);
    app.advance(90 * DAY);
    used.get(ME).await.assert_problem(401, "invalid-token");
}

async fn a_device_is_signed_out_on_the_page_of_the_account(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let mut phone = app.phone();
    let named = json!({
        "email": "mia@example.com",
        "password": PASSWORD,
        "device_name": "Mia's <phone>\u{0}"
    });
    phone.token = Some(phone.post(LOGIN, &named).await.text("token"));
    let tablet = app.phone_of("mia@example.com").await;

    let mia = app.browser();
    mia.sign_in("mia@example.com").await;
    let account = mia.get("/account").await.text;
    assert!(account.contains("Phones"));
    assert!(account.contains("Mia&#39;s &lt;phone&gt;") || account.contains("Mia's &lt;phone&gt;"));
    let ids = device_ids(&account);
    assert_eq!(ids.len(), 2);

    let jane = app.browser();
    jane.sign_in("jane@example.com").await;
    assert!(!jane.get("/account").await.text.contains("Phones"));
    for id in &ids {
        jane.done("sign_out_device", &[("id", id)]).await;
    }
    assert_eq!(
        phone.get(ME).await.status,
        200,
        "another's devices are not hers"
    );

    // The newest device is listed first.
    let page = mia.submit("sign_out_device", &[("id", &ids[1])]).await;
    assert_eq!(
        (page.status.as_u16(), page.header("location")),
        (303, "/account")
    );
    let account = mia.get("/account").await.text;
    assert!(account.contains("The device is signed out."));
    assert_eq!(device_ids(&account), [ids[0].clone()]);
    phone.get(ME).await.assert_problem(401, "invalid-token");
    assert_eq!(tablet.get(ME).await.status, 200);
}

async fn the_oldest_of_too_many_devices_is_signed_out(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mut phones = Vec::new();
    for _ in 0..21 {
        phones.push(app.phone_of("mia@example.com").await);
    }
    phones[0].get(ME).await.assert_problem(401, "invalid-token");
    for phone in &phones[1..] {
        assert_eq!(phone.get(ME).await.status, 200);
    }
}

fn device_ids(page: &str) -> Vec<String> {
    let forms = page.split("sign_out_device").skip(1);
    forms
        .map(|form| {
            let value = form.split("value=\"").nth(1).unwrap();
            value.split('"').next().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn what_is_no_token_of_this_site() {
    let app = TestApp::spawn().await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.member(&app.coaching, "Mia", "mia@example.com").await;
    let mut phone = app.phone_of("mia@example.com").await;
    let good = phone.token.take().unwrap();

    let response = phone.get(ME).await;
    response.assert_problem(401, "unauthenticated");
    assert_eq!(response.header("www-authenticate"), "Bearer");
    let mut elsewhere = app.phone_at("coaching.localhost");
    elsewhere.token = Some(good.clone());
    elsewhere.get(ME).await.assert_problem(401, "invalid-token");
    for header in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        good.clone(),
        format!("Basic {good}"),
        format!("Bearer {}", good.to_uppercase()),
        format!("Bearer {good}0"),
        format!("Bearer {}", "x".repeat(5_000)),
        "Bearer \u{e4}".to_owned(),
    ] {
        let call = phone
            .request(Method::GET, ME)
            .header("Authorization", &header);
        let response = phone.send(call).await;
        assert_eq!(
            (response.status, response.kind().as_str()),
            (401, "invalid-token"),
            "{header}"
        );
        assert_eq!(
            response.header("www-authenticate"),
            "Bearer error=\"invalid_token\""
        );
    }
    let call = phone.request(Method::GET, ME);
    let call = call.header("Authorization", format!("bearer  {good}"));
    assert_eq!(phone.send(call).await.status, 200);
    let by_cookie = app.browser();
    by_cookie.sign_in("mia@example.com").await;
    assert_eq!(by_cookie.get(ME).await.status, 401, "a cookie is no token");
}
