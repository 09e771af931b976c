//! Subscriptions of Checkout: to be read and canceled.

use serde_json::json;
use stripe_stand_in::PaymentStatus;

use crate::{client::stand_in, session::session};

#[tokio::test]
async fn a_subscription_is_canceled_once() {
    let (stripe, client) = stand_in().await;
    let form = [("customer_email", "a@example.com")];
    let id = session(&client, "subscription", &form).await;
    let paid = stripe
        .complete(&id, PaymentStatus::Paid, None)
        .expect("paid");
    let path = format!(
        "/v1/subscriptions/{}",
        paid["subscription"].as_str().expect("an id")
    );
    let active = client.get(&path).await.json();
    assert_eq!(active["status"], "active");
    assert_eq!(active["customer"], paid["customer"]);
    let canceled = client.delete(&path).await.json();
    assert_eq!(canceled["status"], "canceled");
    assert_eq!(canceled["canceled_at"], canceled["ended_at"]);
    assert!(canceled["ended_at"].is_i64());
    let again = client.delete(&path).await;
    assert_eq!(again.status, 404, "{}", again.text);
    assert_eq!(again.error("code"), "resource_missing");
    assert_eq!(client.get(&path).await.json()["status"], json!("canceled"));
    let unknown = client.delete("/v1/subscriptions/sub_none").await;
    assert_eq!(unknown.status, 404, "{}", unknown.text);
}
