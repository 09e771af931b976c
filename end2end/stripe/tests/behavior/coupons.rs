//! Coupons: their limits, and what they do to sessions.

use serde_json::{Value, json};
use stripe_stand_in::PaymentStatus;

use crate::{
    client::{KEY, StripeClient, StripeResponse, stand_in},
    session::{session, session_form},
};

const COUPONS: &str = "/v1/coupons";
const FIVE_OFF: [(&str, &str); 4] = [
    ("id", "FIVE"),
    ("name", "Five off"),
    ("amount_off", "500"),
    ("currency", "usd"),
];
const WITH_FIVE: [(&str, &str); 2] = [
    ("discounts[0][coupon]", "FIVE"),
    ("customer_email", "a@example.com"),
];

/// Creates the coupon FIVE with one more parameter.
async fn five_off(client: &StripeClient, name: &str, value: &str) -> Value {
    let mut form = FIVE_OFF.to_vec();
    form.push((name, value));
    let response = client.post(COUPONS, &form).await;
    assert_eq!(response.status, 200, "{}", response.text);
    response.json()
}

/// Tries to create a session with the coupon FIVE.
async fn apply(client: &StripeClient, mode: &str, more: &[(&str, &str)]) -> StripeResponse {
    let more = [&WITH_FIVE[..], more].concat();
    let form = session_form(mode, &more);
    client.post("/v1/checkout/sessions", &form).await
}

fn assert_refused(response: &StripeResponse, code: &str) {
    assert_eq!(response.status, 400, "{}", response.text);
    assert_eq!(response.error("type"), "invalid_request_error");
    assert_eq!(response.error("code"), code);
    assert_eq!(response.error("param"), "discounts[0][coupon]");
}

async fn shown(client: &StripeClient) -> Value {
    client.get(&format!("{COUPONS}/FIVE")).await.json()
}

#[tokio::test]
async fn a_completed_session_redeems_its_coupon_until_it_is_used_up() {
    let (stripe, client) = stand_in().await;
    let made = five_off(&client, "max_redemptions", "2").await;
    let state = |coupon: &Value| (coupon["times_redeemed"].clone(), coupon["valid"].clone());
    assert_eq!(state(&made), (json!(0), json!(true)));
    let mut open = Vec::new();
    for mode in ["payment", "subscription", "payment"] {
        open.push(apply(&client, mode, &[]).await.id());
    }
    stripe.expire(&open[2]).expect("expired");
    assert_eq!(state(&shown(&client).await), (json!(0), json!(true)));
    for (id, how) in open
        .iter()
        .zip([PaymentStatus::Unpaid, PaymentStatus::Paid])
    {
        assert_eq!(shown(&client).await["valid"], true);
        stripe.complete(id, how, None).expect("completed");
    }
    assert_eq!(state(&shown(&client).await), (json!(2), json!(false)));
    assert_eq!(client.get(COUPONS).await.json()["data"][0]["valid"], false);
    let refused = apply(&client, "payment", &[]).await;
    assert_refused(&refused, "coupon_expired");
    let message = "Coupon FIVE is used up and cannot be applied.";
    assert_eq!(refused.error("message"), message);
}

#[tokio::test]
async fn a_coupon_is_invalid_after_its_redeem_by() {
    let (stripe, client) = stand_in().await;
    let soon = (stripe.now() + 60).to_string();
    five_off(&client, "redeem_by", &soon).await;
    let path = format!(
        "/v1/checkout/sessions/{}?expand[]=discounts.coupon",
        apply(&client, "payment", &[]).await.id()
    );
    let expanded = async || client.get(&path).await.json()["discounts"][0]["coupon"].clone();
    assert_eq!(expanded().await["valid"], true);
    stripe.advance_clock(62);
    assert_eq!(stripe.objects(KEY, None)["coupons"][0]["valid"], false);
    assert_eq!(shown(&client).await["valid"], false);
    assert_eq!(expanded().await["valid"], false);
    assert_refused(&apply(&client, "payment", &[]).await, "coupon_expired");
    assert_refused(&apply(&client, "subscription", &[]).await, "coupon_expired");
}

#[tokio::test]
async fn a_missing_coupon_and_one_of_another_currency_are_refused() {
    let (_stripe, client) = stand_in().await;
    let refused = apply(&client, "payment", &[]).await;
    assert_refused(&refused, "resource_missing");
    assert_eq!(refused.error("message"), "No such coupon: 'FIVE'");
    five_off(&client, "max_redemptions", "1").await;
    let eur = [("line_items[0][price_data][currency]", "eur")];
    assert_refused(&apply(&client, "payment", &eur).await, "");
    assert_eq!(client.count("/v1/checkout/sessions").await, 0);
    assert_eq!(client.count("/v1/products").await, 0);
    assert_eq!(apply(&client, "payment", &[]).await.status, 200);
}

#[tokio::test]
async fn deleting_a_coupon_changes_no_session_that_has_it() {
    let (stripe, client) = stand_in().await;
    five_off(&client, "max_redemptions", "1").await;
    let id = session(&client, "payment", &WITH_FIVE).await;
    let path = format!("/v1/checkout/sessions/{id}");
    let before = client.get(&path).await.json();
    let deleted = client.delete(&format!("{COUPONS}/FIVE")).await.json();
    let tombstone = json!({ "id": "FIVE", "object": "coupon", "deleted": true });
    assert_eq!(deleted, tombstone);
    assert_eq!(client.get(&format!("{COUPONS}/FIVE")).await.status, 404);
    assert_eq!(stripe.objects(KEY, None)["coupons"], json!([]));
    assert_refused(&apply(&client, "payment", &[]).await, "resource_missing");
    assert_eq!(client.get(&path).await.json(), before);
    let expanded = format!("{path}?expand[]=discounts.coupon");
    let expanded = client.get(&expanded).await.json();
    assert_eq!(expanded["discounts"][0]["coupon"]["amount_off"], 500);
    let page = client.get(&format!("/pay/{id}")).await.text;
    assert!(page.contains("Five off"), "{page}");
    let paid = stripe
        .complete(&id, PaymentStatus::Paid, None)
        .expect("paid");
    assert_eq!(paid["amount_total"], 1500);
}

#[tokio::test]
async fn a_coupon_can_be_redeemed_at_least_once() {
    let (_stripe, client) = stand_in().await;
    let form = [&FIVE_OFF[..], &[("max_redemptions", "0")]].concat();
    let refused = client.post(COUPONS, &form).await;
    let error = (refused.status, refused.error("param"));
    assert_eq!(error, (400, "max_redemptions".into()));
}
