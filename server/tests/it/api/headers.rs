//! Headers beside the answers: what is left of a limit, the name of a request, and tags of what need not be read twice
//! (`docs/rules.md` 213 to 215).

use std::time::Duration;

use domain::purchase::ProductKind;
use reqwest::Method;
use serde_json::json;

use super::{LOGIN, ME};
use crate::support::{ApiResponse, Phone, TestApp};

async fn with_header(phone: &Phone, path: &str, name: &str, text: &str) -> ApiResponse {
    let request = phone.request(Method::GET, path).header(name, text);
    phone.send(request).await
}

#[tokio::test]
async fn a_call_that_is_counted_says_how_many_are_left() {
    let app = TestApp::spawn().await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.phone_of("mia@example.com").await;
    app.advance(Duration::from_secs(60));
    app.stop_our_clock();
    let changed = mia.patch(ME, &json!({})).await;
    assert_eq!(changed.header("ratelimit-policy"), "\"calls\";q=100;w=10");
    assert_eq!(changed.header("ratelimit"), "\"calls\";r=99;t=1");
    let wrong = json!({ "email": "mia@example.com", "password": "not this one" });
    let refused = mia.post(LOGIN, &wrong).await;
    assert_eq!(refused.header("ratelimit"), "\"calls\";r=98;t=1");
    assert_eq!(mia.get(ME).await.header("ratelimit"), "", "reading is free");
    app.use_up(|| app.state.rate_limiter.try_call([127, 0, 0, 1].into()));
    let refused = mia.patch(ME, &json!({})).await;
    refused.assert_problem(429, "too-many-requests");
    assert_eq!(refused.header("ratelimit"), "\"calls\";r=0;t=10");
    assert_eq!(refused.header("retry-after"), "1");
}

#[tokio::test]
async fn a_request_has_a_name() {
    let app = TestApp::spawn().await;
    let phone = app.phone();
    let ours = [phone.get(ME).await, phone.get(ME).await].map(|one| one.header("x-request-id"));
    assert!(ours[0] != ours[1] && ours[0].len() == 36, "{ours:?}");
    let given = with_header(&phone, ME, "x-request-id", "phone-1.A_b").await;
    assert_eq!(given.header("x-request-id"), "phone-1.A_b");
    let long = "a".repeat(65);
    for bad in ["a b", "a;b", &long] {
        let answer = with_header(&phone, ME, "x-request-id", bad).await;
        let name = answer.header("x-request-id");
        assert!(name != bad && name.len() == 36, "{bad}: {name}");
    }
    let page = app.browser().get("/nothing-here").await;
    assert_eq!(page.header("x-request-id").len(), 36, "pages too");
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    const PRODUCTS: &str = "/api/v1/products";
    let app = TestApp::spawn().await;
    app.product(&app.detroit, ProductKind::Course, "sprint", 100)
        .await;
    let phone = app.phone();
    let first = phone.get(PRODUCTS).await;
    let tag = first.header("etag");
    assert!(tag.starts_with("W/\""), "{tag}");
    let again = with_header(&phone, PRODUCTS, "if-none-match", &tag).await;
    assert_eq!(again.status, 304);
    assert_eq!(again.header("etag"), tag);
    app.product(&app.detroit, ProductKind::Course, "other", 100)
        .await;
    let changed = with_header(&phone, PRODUCTS, "if-none-match", &tag).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.json["data"].as_array().unwrap().len(), 2);
    let document = "/api/v1/openapi.json";
    let shown = store::sites::set_api_docs(app.state.db.writer(), app.detroit.id(), true);
    shown.await.unwrap();
    let page = app.browser().get(document).await;
    let tag = page.header("etag").to_owned();
    let request = app.browser().request(Method::GET, document);
    let again = request.header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}
