//! The ends of a session.

use serde_json::{Value, json};
use stripe_stand_in::{How, Settlement};

use crate::{
    caller::{Caller, KEY, stand_in},
    shop::{session, session_form},
};

async fn shown(caller: &Caller, id: &str) -> Value {
    caller
        .get(&format!("/v1/checkout/sessions/{id}"))
        .await
        .json()
}

#[tokio::test]
async fn a_payment_makes_a_customer_only_when_told() {
    let (stripe, caller) = stand_in().await;
    let email = ("customer_email", "a@example.com");
    let plain = session(&caller, "payment", &[email]).await;
    let made = session(
        &caller,
        "payment",
        &[email, ("customer_creation", "always")],
    )
    .await;
    let plain = stripe.complete(&plain, How::Paid, None).expect("paid");
    let made = stripe.complete(&made, How::Paid, None).expect("paid");
    assert_eq!(
        (&plain["customer"], &plain["payment_status"]),
        (&Value::Null, &json!("paid"))
    );
    assert!(plain["payment_intent"].is_string() && made["customer"].is_string());
    assert_eq!(plain["customer_details"]["email"], "a@example.com");
}

#[tokio::test]
async fn a_subscription_always_makes_a_customer_and_needs_an_e_mail() {
    let (stripe, caller) = stand_in().await;
    let id = session(&caller, "subscription", &[]).await;
    assert!(stripe.complete(&id, How::Paid, None).is_err());
    assert!(stripe.complete(&id, How::Paid, Some("nobody")).is_err());
    let done = stripe
        .complete(&id, How::Paid, Some("a@example.com"))
        .expect("paid");
    assert!(done["subscription"].is_string() && done["payment_intent"].is_null());
    let customer = done["customer"].as_str().expect("a customer");
    let customer = caller
        .get(&format!("/v1/customers/{customer}"))
        .await
        .json();
    assert_eq!(customer["email"], "a@example.com");
    assert!(
        stripe.complete(&id, How::Paid, None).is_err(),
        "a session is paid once"
    );
}

#[tokio::test]
async fn the_sessions_metadata_goes_nowhere_else() {
    let (stripe, caller) = stand_in().await;
    let more = [
        ("metadata[a]", "1"),
        ("payment_intent_data[metadata][b]", "2"),
    ];
    let id = session(&caller, "payment", &more).await;
    stripe
        .complete(&id, How::Paid, Some("a@example.com"))
        .expect("paid");
    assert_eq!(shown(&caller, &id).await["metadata"], json!({ "a": "1" }));
    assert_eq!(
        stripe.books(KEY, None)["payment_intents"][0]["metadata"],
        json!({ "b": "2" })
    );
}

#[tokio::test]
async fn a_slow_payment_is_settled_once() {
    let (stripe, caller) = stand_in().await;
    for (settlement, status) in [
        (Settlement::Succeeded, "paid"),
        (Settlement::Failed, "unpaid"),
    ] {
        let id = session(&caller, "payment", &[("customer_email", "a@example.com")]).await;
        assert!(stripe.settle(&id, settlement).is_err());
        let done = stripe.complete(&id, How::Unpaid, None).expect("completed");
        let state = (&done["status"], &done["payment_status"]);
        assert_eq!(state, (&json!("complete"), &json!("unpaid")));
        assert_eq!(
            stripe.settle(&id, settlement).expect("settled")["payment_status"],
            status
        );
        assert!(stripe.settle(&id, settlement).is_err());
    }
    let events = caller
        .get("/v1/events?type=checkout.session.*")
        .await
        .json();
    let types: Vec<_> = events["data"]
        .as_array()
        .expect("data")
        .iter()
        .map(|e| &e["type"])
        .collect();
    assert_eq!(types[0], "checkout.session.async_payment_failed");
    assert_eq!(types[2], "checkout.session.async_payment_succeeded");
    assert_eq!(types.len(), 4);
}

#[tokio::test]
async fn nothing_to_pay_is_no_payment_required_but_a_trial_is_paid() {
    let (stripe, caller) = stand_in().await;
    let nothing = [("line_items[0][price_data][unit_amount]", "0")];
    let free = session(&caller, "payment", &nothing).await;
    let trial = session(
        &caller,
        "subscription",
        &[("subscription_data[trial_period_days]", "7")],
    )
    .await;
    let free = stripe
        .complete(&free, How::Paid, Some("a@example.com"))
        .expect("free");
    let trial = stripe
        .complete(&trial, How::Paid, Some("a@example.com"))
        .expect("trial");
    assert_eq!(free["payment_status"], "no_payment_required");
    assert_eq!(free["payment_intent"], Value::Null);
    assert_eq!(
        (&trial["payment_status"], &trial["amount_total"]),
        (&json!("paid"), &json!(0))
    );
}

#[tokio::test]
async fn a_session_expires_when_its_time_is_over_and_gives_the_balance_back() {
    let (stripe, caller) = stand_in().await;
    let customer = caller.customer().await;
    let path = format!("/v1/customers/{customer}");
    let form = [("amount", "-500"), ("currency", "usd")];
    caller
        .post(&format!("{path}/balance_transactions"), &form)
        .await;
    let soon = (stripe.now() + 30 * 60).to_string();
    let more = [("customer", customer.as_str()), ("expires_at", &soon)];
    let id = session(&caller, "subscription", &more).await;
    assert_eq!(caller.get(&path).await.json()["balance"], 0);
    stripe.advance(31 * 60);
    assert_eq!(shown(&caller, &id).await["status"], "expired");
    assert_eq!(caller.get(&path).await.json()["balance"], -500);
    assert!(stripe.complete(&id, How::Paid, None).is_err());
    let answer = caller
        .post(&format!("/v1/checkout/sessions/{id}/expire"), &[])
        .await;
    assert_eq!(answer.status, 400);
    let types = stripe.books(KEY, None)["events"].to_string();
    assert_eq!(types.matches("checkout.session.expired").count(), 1);
}

#[tokio::test]
async fn prices_products_and_coupons_add_up() {
    let (_stripe, caller) = stand_in().await;
    caller
        .post("/v1/coupons", &[("id", "TEN"), ("percent_off", "12.5")])
        .await;
    let more = [
        ("discounts[0][coupon]", "TEN"),
        ("line_items[0][price_data][unit_amount]", "333"),
        ("line_items[1][price_data][currency]", "usd"),
        ("line_items[1][price_data][unit_amount]", "1000"),
        ("line_items[1][price_data][product_data][name]", "Mug"),
        ("line_items[1][quantity]", "3"),
    ];
    let made = caller
        .post("/v1/checkout/sessions", &session_form("payment", &more))
        .await
        .json();
    assert_eq!(
        (&made["amount_subtotal"], &made["amount_total"]),
        (&json!(3333), &json!(2916))
    );
    assert_eq!(made["total_details"]["amount_discount"], 417);
}
