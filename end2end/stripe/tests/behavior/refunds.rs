//! Refunds: by API, in the dashboard, and what becomes of them.

use serde_json::{Value, json};
use stripe_stand_in::{
    AsyncPaymentResult, PaymentStatus, RefundPlan, RefundStatus, SeedPayment, StandIn,
};

use crate::{
    client::{KEY, StripeClient, stand_in},
    session::session,
};

/// A payment of $20.00 by Checkout; returns its PaymentIntent.
pub async fn paid(stripe: &StandIn, client: &StripeClient) -> String {
    let id = session(client, "payment", &[("customer_email", "a@example.com")]).await;
    let done = stripe.complete(&id, PaymentStatus::Paid, None);
    let intent = &done.expect("paid")["payment_intent"];
    intent.as_str().expect("an id").to_owned()
}

/// The types of the events that are about refunds or disputes, oldest first.
pub fn told(stripe: &StandIn) -> Vec<String> {
    let events = stripe.objects(KEY, None)["events"].clone();
    let types = events.as_array().expect("events").iter();
    let types = types.filter_map(|event| event["type"].as_str().map(str::to_owned));
    types
        .filter(|kind| kind.contains("refund") || kind.contains("dispute"))
        .collect()
}

pub async fn charge_of(client: &StripeClient, intent: &str) -> Value {
    let path = format!("/v1/charges?payment_intent={intent}");
    client.get(&path).await.json()["data"][0].clone()
}

#[tokio::test]
async fn parts_are_refunded_until_nothing_is_left() {
    let (stripe, client) = stand_in().await;
    let intent = paid(&stripe, &client).await;
    let part = |amount: &'static str| {
        let client = client.clone();
        let intent = intent.clone();
        async move {
            let form = [("payment_intent", intent.as_str()), ("amount", amount)];
            client.post("/v1/refunds", &form).await
        }
    };
    let first = part("500").await.json();
    assert_eq!(
        (&first["status"], &first["amount"]),
        (&json!("succeeded"), &json!(500))
    );
    let charge = charge_of(&client, &intent).await;
    assert_eq!(charge["amount_refunded"], 500);
    assert_eq!(charge["refunded"], false);
    assert_eq!(first["charge"], charge["id"]);
    let too_much = part("1501").await;
    assert_eq!(too_much.status, 400, "{}", too_much.text);
    assert_eq!(too_much.error("param"), "amount");
    for nothing in ["0", "-1"] {
        let refused = part(nothing).await;
        assert_eq!(
            refused.error("code"),
            "parameter_invalid_integer",
            "{nothing}"
        );
    }
    let rest = client
        .post("/v1/refunds", &[("payment_intent", &intent)])
        .await;
    assert_eq!(rest.json()["amount"], 1500, "all that is left");
    assert_eq!(charge_of(&client, &intent).await["refunded"], true);
    let again = part("1").await;
    assert_eq!(again.error("code"), "charge_already_refunded");
    let listed = format!("/v1/refunds?payment_intent={intent}");
    let listed = client.get(&listed).await.json()["data"].clone();
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    let one = first["id"].as_str().expect("an id");
    assert_eq!(
        client.get(&format!("/v1/refunds/{one}")).await.json()["amount"],
        500
    );
    let events = ["refund.created", "charge.refunded"];
    assert_eq!(told(&stripe), [events, events].concat());
    let unknown = client.get("/v1/refunds?payment_intent=pi_none").await;
    assert_eq!(unknown.error("code"), "resource_missing");
}

#[tokio::test]
async fn what_was_not_paid_is_not_refunded() {
    let (stripe, client) = stand_in().await;
    let id = session(&client, "payment", &[("customer_email", "a@example.com")]).await;
    let waiting = stripe
        .complete(&id, PaymentStatus::Unpaid, None)
        .expect("waiting");
    let intent = waiting["payment_intent"]
        .as_str()
        .expect("an id")
        .to_owned();
    let form = [("payment_intent", intent.as_str())];
    let refused = client.post("/v1/refunds", &form).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(charge_of(&client, &intent).await["status"], "pending");
    let settled = stripe.finish_async_payment(&id, AsyncPaymentResult::Succeeded);
    settled.expect("paid");
    assert_eq!(charge_of(&client, &intent).await["status"], "succeeded");
    assert_eq!(client.post("/v1/refunds", &form).await.status, 200);
}

#[tokio::test]
async fn a_pending_refund_succeeds_or_fails_later() {
    let (stripe, client) = stand_in().await;
    let intent = paid(&stripe, &client).await;
    stripe.plan_refunds(RefundPlan {
        secret_key: KEY.into(),
        status: RefundStatus::Pending,
        times: 2,
    });
    let form = [("payment_intent", intent.as_str()), ("amount", "800")];
    let mut refunds = Vec::new();
    for status in ["pending", "pending", "succeeded"] {
        let form = match status {
            "succeeded" => [form[0], ("amount", "400")],
            _ => form,
        };
        let refund = client.post("/v1/refunds", &form).await.json();
        assert_eq!(refund["status"], status);
        refunds.push(refund["id"].as_str().expect("an id").to_owned());
    }
    assert_eq!(charge_of(&client, &intent).await["refunded"], true);
    let settle = |id: &str, status| stripe.settle_refund(id, status);
    let arrived = settle(&refunds[0], RefundStatus::Succeeded).expect("arrived");
    assert_eq!(arrived["status"], "succeeded");
    let failed = settle(&refunds[1], RefundStatus::Failed).expect("failed");
    assert!(failed["failure_reason"].is_string());
    assert_eq!(charge_of(&client, &intent).await["amount_refunded"], 1200);
    settle(&refunds[0], RefundStatus::Failed).expect("one that succeeded may still fail");
    assert_eq!(charge_of(&client, &intent).await["amount_refunded"], 400);
    assert!(settle(&refunds[0], RefundStatus::Succeeded).is_err());
    assert!(settle("re_none", RefundStatus::Succeeded).is_err());
    let told = told(&stripe);
    let counted = |kind: &str| told.iter().filter(|one| *one == kind).count();
    assert_eq!(counted("refund.created"), 3);
    assert_eq!(counted("refund.updated"), 3);
    assert_eq!(counted("refund.failed"), 2);
    assert_eq!(counted("charge.refund.updated"), 3);
    let again = client.post("/v1/refunds", &form).await.json();
    assert_eq!(again["status"], "succeeded", "the plan is used up");
}

#[tokio::test]
async fn a_payment_made_elsewhere_is_refunded_in_the_dashboard() {
    let (stripe, client) = stand_in().await;
    let payment = SeedPayment {
        secret_key: KEY.into(),
        id: "pi_1".into(),
        amount: 4500,
        currency: "usd".into(),
        ..SeedPayment::default()
    };
    stripe.seed_payment(payment.clone()).expect("paid");
    let again = stripe.seed_payment(payment).expect("the same");
    assert_eq!(again["amount"], 4500);
    assert_eq!(client.count("/v1/payment_intents").await, 1);
    let refund = stripe.refund("pi_1", Some(1500), RefundStatus::Succeeded);
    let refund = refund.expect("refunded");
    assert_eq!(refund["metadata"], json!({}), "not ours");
    let refused = stripe.refund("pi_1", Some(3001), RefundStatus::Succeeded);
    assert!(refused.is_err());
    let refused = stripe.refund("pi_none", None, RefundStatus::Succeeded);
    assert!(refused.is_err());
    let rest = stripe
        .refund("pi_1", None, RefundStatus::Failed)
        .expect("failed");
    assert_eq!(
        (&rest["amount"], &rest["status"]),
        (&json!(3000), &json!("failed"))
    );
    assert_eq!(charge_of(&client, "pi_1").await["amount_refunded"], 1500);
}

#[tokio::test]
async fn a_card_has_one_fingerprint_in_each_account() {
    let (stripe, client) = stand_in().await;
    let buy = async |client: &StripeClient, email: &str, card: Option<&str>| {
        let id = session(client, "payment", &[("customer_email", email)]).await;
        let done = match card {
            Some(card) => stripe.complete_with_card(&id, PaymentStatus::Paid, None, card),
            None => stripe.complete(&id, PaymentStatus::Paid, None),
        };
        let intent = done.expect("paid")["payment_intent"].clone();
        let charge = charge_of(client, intent.as_str().expect("an id")).await;
        let card = &charge["payment_method_details"]["card"];
        card["fingerprint"].as_str().expect("text").to_owned()
    };
    let own = buy(&client, "a@example.com", None).await;
    assert_eq!(own.len(), 16);
    assert_eq!(buy(&client, "A@example.com", None).await, own);
    assert_ne!(buy(&client, "b@example.com", None).await, own);
    let shared = buy(&client, "b@example.com", Some("shared")).await;
    assert_eq!(buy(&client, "c@example.com", Some("shared")).await, shared);
    assert_ne!(shared, own);
    let other = StripeClient::new(&stripe, "sk_test_other");
    assert_ne!(buy(&other, "a@example.com", None).await, own);
}
