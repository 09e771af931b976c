//! Completing and expiring Checkout sessions.

use serde_json::{Value, json};
use stripe_stand_in::{AsyncPaymentResult, PaymentStatus, StandIn};

use crate::{
    client::{KEY, StripeClient, stand_in},
    session::{session, session_form},
};

async fn shown(client: &StripeClient, id: &str) -> Value {
    client
        .get(&format!("/v1/checkout/sessions/{id}"))
        .await
        .json()
}

#[tokio::test]
async fn payment_mode_creates_a_customer_only_on_request() {
    let (stripe, client) = stand_in().await;
    let email = ("customer_email", "a@example.com");
    let plain = session(&client, "payment", &[email]).await;
    let made = session(
        &client,
        "payment",
        &[email, ("customer_creation", "always")],
    )
    .await;
    let plain = stripe
        .complete(&plain, PaymentStatus::Paid, None)
        .expect("paid");
    let made = stripe
        .complete(&made, PaymentStatus::Paid, None)
        .expect("paid");
    assert_eq!(
        (&plain["customer"], &plain["payment_status"]),
        (&Value::Null, &json!("paid"))
    );
    assert!(plain["payment_intent"].is_string() && made["customer"].is_string());
    assert_eq!(plain["customer_details"]["email"], "a@example.com");
}

#[tokio::test]
async fn subscription_mode_always_creates_a_customer_and_needs_an_email() {
    let (stripe, client) = stand_in().await;
    let id = session(&client, "subscription", &[]).await;
    assert!(stripe.complete(&id, PaymentStatus::Paid, None).is_err());
    assert!(
        stripe
            .complete(&id, PaymentStatus::Paid, Some("nobody"))
            .is_err()
    );
    let done = stripe
        .complete(&id, PaymentStatus::Paid, Some("a@example.com"))
        .expect("paid");
    assert!(done["subscription"].is_string() && done["payment_intent"].is_null());
    let customer = done["customer"].as_str().expect("a customer");
    let customer = client
        .get(&format!("/v1/customers/{customer}"))
        .await
        .json();
    assert_eq!(customer["email"], "a@example.com");
    assert!(
        stripe.complete(&id, PaymentStatus::Paid, None).is_err(),
        "a session is paid once"
    );
}

#[tokio::test]
async fn session_metadata_is_not_copied_to_the_payment_intent() {
    let (stripe, client) = stand_in().await;
    let more = [
        ("metadata[a]", "1"),
        ("payment_intent_data[metadata][b]", "2"),
    ];
    let id = session(&client, "payment", &more).await;
    stripe
        .complete(&id, PaymentStatus::Paid, Some("a@example.com"))
        .expect("paid");
    assert_eq!(shown(&client, &id).await["metadata"], json!({ "a": "1" }));
    assert_eq!(
        stripe.objects(KEY, None)["payment_intents"][0]["metadata"],
        json!({ "b": "2" })
    );
}

#[tokio::test]
async fn an_async_payment_finishes_once() {
    let (stripe, client) = stand_in().await;
    for (settlement, status) in [
        (AsyncPaymentResult::Succeeded, "paid"),
        (AsyncPaymentResult::Failed, "unpaid"),
    ] {
        let id = session(&client, "payment", &[("customer_email", "a@example.com")]).await;
        assert!(stripe.finish_async_payment(&id, settlement).is_err());
        let done = stripe
            .complete(&id, PaymentStatus::Unpaid, None)
            .expect("completed");
        let state = (&done["status"], &done["payment_status"]);
        assert_eq!(state, (&json!("complete"), &json!("unpaid")));
        assert_eq!(
            stripe
                .finish_async_payment(&id, settlement)
                .expect("settled")["payment_status"],
            status
        );
        assert!(stripe.finish_async_payment(&id, settlement).is_err());
    }
    let events = client
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
async fn a_total_of_zero_needs_no_payment_but_a_trial_counts_as_paid() {
    let (stripe, client) = stand_in().await;
    let nothing = [("line_items[0][price_data][unit_amount]", "0")];
    let free = session(&client, "payment", &nothing).await;
    let trial = session(
        &client,
        "subscription",
        &[("subscription_data[trial_period_days]", "7")],
    )
    .await;
    let free = stripe
        .complete(&free, PaymentStatus::Paid, Some("a@example.com"))
        .expect("free");
    let trial = stripe
        .complete(&trial, PaymentStatus::Paid, Some("a@example.com"))
        .expect("trial");
    assert_eq!(free["payment_status"], "no_payment_required");
    assert_eq!(free["payment_intent"], Value::Null);
    assert_eq!(
        (&trial["payment_status"], &trial["amount_total"]),
        (&json!("paid"), &json!(0))
    );
}

#[tokio::test]
async fn an_overdue_session_expires_and_restores_the_balance() {
    let (stripe, client) = stand_in().await;
    let customer = client.customer().await;
    let path = format!("/v1/customers/{customer}");
    let form = [("amount", "-500"), ("currency", "usd")];
    client
        .post(&format!("{path}/balance_transactions"), &form)
        .await;
    let soon = (stripe.now() + 30 * 60).to_string();
    let more = [("customer", customer.as_str()), ("expires_at", &soon)];
    let id = session(&client, "subscription", &more).await;
    assert_eq!(client.get(&path).await.json()["balance"], 0);
    stripe.advance_clock(31 * 60);
    assert_eq!(shown(&client, &id).await["status"], "expired");
    assert_eq!(client.get(&path).await.json()["balance"], -500);
    assert!(stripe.complete(&id, PaymentStatus::Paid, None).is_err());
    let response = client
        .post(&format!("/v1/checkout/sessions/{id}/expire"), &[])
        .await;
    assert_eq!(response.status, 400);
    let types = stripe.objects(KEY, None)["events"].to_string();
    assert_eq!(types.matches("checkout.session.expired").count(), 1);
}

#[tokio::test]
async fn totals_add_up_prices_quantities_and_coupons() {
    let (_stripe, client) = stand_in().await;
    client
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
    let made = client
        .post("/v1/checkout/sessions", &session_form("payment", &more))
        .await
        .json();
    assert_eq!(
        (&made["amount_subtotal"], &made["amount_total"]),
        (&json!(3333), &json!(2916))
    );
    assert_eq!(made["total_details"]["amount_discount"], 417);
}

/// The balance transactions that name this session: their type and amount, oldest first.
fn entries(stripe: &StandIn, session: &str) -> Vec<(Value, Value)> {
    let objects = stripe.objects(KEY, None);
    let entries = objects["balance_transactions"].as_array().expect("a list");
    entries
        .iter()
        .filter(|entry| entry["checkout_session"] == session)
        .map(|entry| (entry["type"].clone(), entry["amount"].clone()))
        .collect()
}

#[tokio::test]
async fn a_subscription_session_writes_what_it_takes_of_the_balance_and_gives_back() {
    let (stripe, client) = stand_in().await;
    let customer = client.customer().await;
    let path = format!("/v1/customers/{customer}");
    let form = [("amount", "-2500"), ("currency", "usd")];
    client
        .post(&format!("{path}/balance_transactions"), &form)
        .await;
    let more = [("customer", customer.as_str())];
    let payment = session(&client, "payment", &more).await;
    let first = session(&client, "subscription", &more).await;
    let second = session(&client, "subscription", &more).await;
    let taken = |amount: i64| {
        let kind = "checkout_session_subscription_payment";
        (json!(kind), json!(amount))
    };
    assert_eq!(entries(&stripe, &payment), []);
    assert_eq!(entries(&stripe, &first), [taken(2000)]);
    assert_eq!(entries(&stripe, &second), [taken(500)], "what is left");
    let expire = format!("/v1/checkout/sessions/{first}/expire");
    assert_eq!(client.post(&expire, &[]).await.status, 200);
    let kind = "checkout_session_subscription_payment_canceled";
    let canceled = (json!(kind), json!(-2000));
    assert_eq!(entries(&stripe, &first), [taken(2000), canceled]);
    stripe
        .complete(&second, PaymentStatus::Paid, None)
        .expect("paid");
    stripe.advance_clock(25 * 60 * 60);
    assert_eq!(entries(&stripe, &second), [taken(500)], "spent");
    assert_eq!(client.get(&path).await.json()["balance"], -2000);
}
