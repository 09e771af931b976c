//! "Scenario 3: Mobile App Registration with Referral" (the guide), up to Credited.

use domain::referral::ReferralStatus;
use serde_json::json;
use store::Id;
use stripe_stand_in::PaymentStatus;

use super::{ME, REGISTER, body_with, guides_body};
use crate::support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(a_friend_by_the_app_earns_the_credit);

async fn a_friend_by_the_app_earns_the_credit(app: TestApp) {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let ticket = app
        .product(
            &app.detroit,
            domain::purchase::ProductKind::EventTicket,
            "steel-challenge",
            4500,
        )
        .await;
    let member = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.phone_of("mia@example.com").await;
    let shared = mia.order("/api/v1/me/referral-link").await;

    let mut friend = app.phone();
    let code = shared.text("code");
    let whose = friend
        .get(&format!("/api/v1/referral-codes/{}", code.to_uppercase()))
        .await;
    assert_eq!(whose.json, json!({ "code": code, "first_name": "Mia" }));
    let body = body_with("referral_code", json!(code));
    let registered = friend.post(REGISTER, &body).await;
    assert_eq!(registered.status, 201);
    assert_eq!(
        registered.json["referral"],
        json!({ "status": "linked", "reason": null })
    );
    friend.token = Some(registered.text("token"));

    let referrals = mia.get("/api/v1/me/referrals").await;
    assert_eq!(referrals.json["data"][0]["friend"], "Jane D.");
    assert_eq!(referrals.json["data"][0]["status"], "pending");

    let products = friend.get("/api/v1/products").await;
    assert_eq!(products.json["data"][0]["price"]["text"], "$45.00");
    let bought = json!({ "product_id": ticket.id });
    let begun = friend.post("/api/v1/purchases", &bought).await;
    assert_eq!((begun.status, begun.text("status").as_str()), (201, "open"));
    let session = app.stripe.objects(STRIPE_KEY, None)["sessions"][0].clone();
    assert_eq!(begun.text("checkout_url"), session["url"].as_str().unwrap());
    app.stripe
        .complete(session["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    app.stripe
        .wait_until_delivered(STRIPE_KEY, "checkout.session.completed", 1)
        .await
        .unwrap();
    let purchase = friend.get(&begun.header("location")).await;
    assert_eq!(purchase.text("status"), "paid");

    app.decide(Id::new(purchase.json["id"].as_i64().unwrap()))
        .await;
    app.issue().await;
    let referrals = mia.get("/api/v1/me/referrals").await;
    let credited = &referrals.json["data"][0];
    assert_eq!(credited["status"], "credited");
    assert_eq!(credited["credit"]["text"], "$10.00");
    let response = mia.get("/api/v1/me/notifications").await;
    let response = &response.json["data"][0];
    assert_eq!(
        response["text"],
        "You earned a $10.00 credit from your referral"
    );
    let me = mia.get(ME).await;
    assert_eq!(me.json["balance"]["amount"]["cents"], 1000);
    assert_eq!(me.json["unread_notifications"], 1);
    let read = format!("/api/v1/me/notifications/{}/read", response["id"]);
    assert!(mia.order(&read).await.json["read_at"].is_string());
    assert_eq!(mia.get(ME).await.json["unread_notifications"], 0);
    assert_eq!(app.status().await, ReferralStatus::Credited);
    app.assert_credited_once(&member).await;
}

/// The guide's body works unchanged, whichever member has the code in it.
#[tokio::test]
async fn the_guides_body_works_unchanged() {
    let app = TestApp::spawn().await;
    let mia = app
        .referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    let registered = app.phone().post(REGISTER, &guides_body()).await;
    assert_eq!(registered.status, 201);
    let jane = app.find(&app.detroit, "friend@example.com").await.unwrap();
    assert_eq!(jane.referred_by_user_id, Some(mia.id));
    assert_eq!(registered.json["user"]["id"], jane.id.get());
    assert_eq!(registered.json["user"]["date_of_birth"], "1990-01-15");
}
