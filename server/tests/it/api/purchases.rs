//! Buying with the mobile app: from a product to the address of Stripe's page.

use domain::purchase::ProductKind;
use serde_json::json;
use stripe_stand_in::{Fault, FaultKind};

use super::PURCHASES;
use crate::support::{Phone, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(what_is_not_on_offer_here, stripe_in_trouble);

async fn somebody(app: &TestApp) -> Phone {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.phone_of("mia@example.com").await
}

async fn what_is_not_on_offer_here(app: TestApp) {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let theirs = app
        .product(&app.coaching, ProductKind::Course, "sprint", 100)
        .await;
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "night", 4500)
        .await;
    let mia = somebody(&app).await;
    for product in [json!(theirs.id), json!(0), json!(-1), json!(i64::MAX)] {
        let response = mia.post(PURCHASES, &json!({ "product_id": product })).await;
        response.assert_problem(422, "invalid-fields");
        assert_eq!(
            response.json["errors"][0]["message"],
            "This is no longer available."
        );
    }
    for product in [
        json!(null),
        json!(ticket.id.to_string()),
        json!(ticket.id.get() as f64 + 0.5),
        json!(1e30),
        json!([ticket.id]),
        json!(true),
    ] {
        let response = mia.post(PURCHASES, &json!({ "product_id": product })).await;
        response.assert_problem(422, "invalid-fields");
        assert_eq!(response.fields(), ["product_id"], "{product}");
    }
    let begun = mia
        .post(PURCHASES, &json!({ "product_id": ticket.id.get() as f64 }))
        .await;
    assert_eq!(begun.status, 201);
    let address = begun.header("location");
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let jane = app.phone_of("jane@example.com").await;
    jane.get(&address).await.assert_problem(404, "not-found");
    assert_eq!(mia.get(&address).await.json["product_name"], "The night");
}

async fn stripe_in_trouble(app: TestApp) {
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "night", 4500)
        .await;
    let mia = somebody(&app).await;
    let bought = json!({ "product_id": ticket.id });
    let response = mia.post(PURCHASES, &bought).await;
    response.assert_problem(409, "payments-not-connected");

    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    app.stripe
        .fault(Fault::next(FaultKind::FailBefore).on("POST", "/v1/checkout/sessions"));
    let response = mia.post_once(PURCHASES, "once", &bought).await;
    response.assert_problem(503, "stripe-unavailable");
    assert_eq!(response.header("retry-after"), "60");
    let response = mia.post_once(PURCHASES, "once", &bought).await;
    assert_eq!(response.status, 201, "the key is free again");
    let again = mia.post_once(PURCHASES, "once", &bought).await;
    assert_eq!(again.json, response.json);
    assert_eq!(again.header("location"), response.header("location"));
    assert_eq!(again.header("idempotent-replayed"), "true");
    let sessions = &app.stripe.objects(STRIPE_KEY, None)["sessions"];
    assert_eq!(sessions.as_array().unwrap().len(), 1);
}
