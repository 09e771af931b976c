//! To whom an idempotency key belongs, and when two calls are the same.

use domain::purchase::ProductKind;
use reqwest::Method;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;
use store::entities::{purchase, user};

use super::{REGISTER, guides_body};
use crate::support::{ApiResponse, Phone, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

const KEY: &str = "7f0c5e0d-6a3b-4c7d-8e9f-a0b1c2d3e4f5";
const PURCHASES: &str = "/api/v1/purchases";
const EMAIL: &str = "mia@example.com";

on_both_databases!(
    a_fresh_token_makes_no_second_purchase,
    the_same_json_is_the_same_call,
);

/// Sends these bytes under [`KEY`].
async fn send(phone: &Phone, path: &str, body: &str) -> ApiResponse {
    let request = phone.request(Method::POST, path).body(body.to_owned());
    let request = request.header("Content-Type", "application/json");
    phone.send(request.header("Idempotency-Key", KEY)).await
}

async fn purchases(app: &TestApp) -> u64 {
    let all = purchase::Entity::find().count(app.state.db.reader());
    all.await.unwrap()
}

async fn a_fresh_token_makes_no_second_purchase(app: TestApp) {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    app.member(&app.detroit, "Mia", EMAIL).await;
    app.member(&app.detroit, "Max", "max@example.com").await;
    let kind = ProductKind::EventTicket;
    let ticket = app.product(&app.detroit, kind, "night", 4500).await.id;
    let order = json!({ "product_id": ticket });
    let phone = app.phone_of(EMAIL).await;
    let first = phone.post_once(PURCHASES, KEY, &order).await;
    assert_eq!(first.status, 201, "{first:?}");

    let fresh = app.phone_of(EMAIL).await;
    assert_ne!(fresh.token, phone.token);
    let again = fresh.post_once(PURCHASES, KEY, &order).await;
    assert_eq!((again.status, &again.json), (201, &first.json));
    assert_eq!(again.header("idempotent-replayed"), "true");
    // Other spellings of the same credentials (RFC 9110, 11.1).
    let token = phone.token.clone().unwrap();
    for spelt in [format!("bearer {token}"), format!("Bearer   {token} ")] {
        let mut same = app.phone();
        same.token = None;
        let request = same.request(Method::POST, PURCHASES).json(&order);
        let request = request.header("Authorization", &spelt);
        let again = same.send(request.header("Idempotency-Key", KEY)).await;
        assert_eq!((again.status, &again.json), (201, &first.json), "{spelt}");
    }
    // 5 and 5.0 are the same number.
    let spelt = format!("{{ \"product_id\" : {ticket}.0 }}");
    let again = send(&fresh, PURCHASES, &spelt).await;
    assert_eq!((again.status, &again.json), (201, &first.json));
    assert_eq!(purchases(&app).await, 1);

    let other = json!({ "product_id": ticket.get() + 1 });
    let response = fresh.post_once(PURCHASES, KEY, &other).await;
    response.assert_problem(422, "idempotency-key-reused");
    let response = app.phone().post_once(PURCHASES, KEY, &order).await;
    response.assert_problem(401, "unauthenticated");
    let max = app.phone_of("max@example.com").await;
    let theirs = max.post_once(PURCHASES, KEY, &order).await;
    assert_eq!(theirs.status, 201, "another member's key");
    assert_ne!(theirs.json["id"], first.json["id"]);
    assert_eq!(purchases(&app).await, 2);
}

async fn the_same_json_is_the_same_call(app: TestApp) {
    let first = send(&app.phone(), REGISTER, &guides_body().to_string()).await;
    assert_eq!(first.status, 201, "{first:?}");
    let reordered = r#"{
        "referral_code": "ab3kx7mn", "last_name": "Doe", "first_name": "Ja\u006ee",
        "date_of_birth": "1990-01-15", "password": "securepassword",
        "email": "friend@example.com"
    }"#;
    let again = send(&app.phone(), REGISTER, reordered).await;
    assert_eq!((again.status, &again.json), (201, &first.json));
    assert_eq!(again.header("idempotent-replayed"), "true");
    for other in [
        reordered.replace("Doe", "Roe"),
        reordered.replace("\"1990-01-15\"", "null"),
        reordered.replace("\"last_name\"", "\"nickname\""),
        "not JSON".to_owned(),
    ] {
        let response = send(&app.phone(), REGISTER, &other).await;
        response.assert_problem(422, "idempotency-key-reused");
    }
    let members = user::Entity::find().count(app.state.db.reader()).await;
    assert_eq!(members.unwrap(), 1);
}
