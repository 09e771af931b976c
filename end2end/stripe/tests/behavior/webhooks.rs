//! Webhook deliveries.

use stripe_stand_in::{DeliveryPlan, Endpoint, PaymentStatus, ReleaseOrder, StandIn};

use crate::{
    client::{KEY, StripeClient, stand_in},
    session::session,
    webhook_receiver::WebhookReceiver,
};

const COMPLETED: &str = "checkout.session.completed";
const CREATED: &str = "customer.created";

async fn pay(stripe: &StandIn, client: &StripeClient) {
    let id = session(client, "subscription", &[]).await;
    stripe
        .complete(&id, PaymentStatus::Paid, Some("a@example.com"))
        .expect("paid");
}

fn plan(event: &str, copies: u32) -> DeliveryPlan {
    DeliveryPlan {
        secret_key: KEY.into(),
        event: Some(event.into()),
        copies,
        delay_ms: 0,
        times: 1,
    }
}

#[tokio::test]
async fn a_delivery_is_retried_until_it_succeeds() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(2).await;
    stripe.register_endpoint(Endpoint::new(KEY, &receiver.url, "whsec_a"));
    client.customer().await;
    let deliveries = stripe
        .wait_until_delivered(KEY, CREATED, 1)
        .await
        .expect("a delivery");
    assert_eq!(deliveries[0].statuses, [500, 500, 200]);
    assert_eq!(receiver.received().len(), 3);
    assert_eq!(receiver.received()[0]["id"], receiver.received()[2]["id"]);
}

#[tokio::test]
async fn a_name_under_localhost_is_this_machine() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(0).await;
    let url = receiver.url.replace("127.0.0.1", "detroit.localhost");
    assert_ne!(url, receiver.url);
    stripe.register_endpoint(Endpoint::new(KEY, &url, "whsec_a"));
    client.customer().await;
    let delivered = stripe.wait_until_delivered(KEY, CREATED, 1).await;
    delivered.expect("a delivery");
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn an_unreachable_endpoint_is_retried_until_it_is_removed() {
    let (stripe, client) = stand_in().await;
    let url = WebhookReceiver::refusing(0).await.url.clone();
    stripe.register_endpoint(Endpoint::new(KEY, &url, "whsec_a"));
    client.customer().await;
    stripe
        .wait_until_attempted(KEY, CREATED, 2)
        .await
        .expect("two attempts");
    assert!(stripe.remove_endpoint(KEY, &url) && !stripe.remove_endpoint(KEY, &url));
    stripe
        .wait_until_deliveries_finish(KEY)
        .await
        .expect("an end");
    assert!(
        stripe.deliveries(KEY)[0]
            .statuses
            .iter()
            .all(|status| *status == 0)
    );
}

#[tokio::test]
async fn events_go_only_to_the_endpoints_of_their_key_and_account() {
    let (stripe, client) = stand_in().await;
    let (own, connect) = (
        WebhookReceiver::refusing(0).await,
        WebhookReceiver::refusing(0).await,
    );
    stripe.register_endpoint(Endpoint::new(KEY, &own.url, "whsec_a"));
    let endpoint = Endpoint::new(KEY, &connect.url, "whsec_b");
    stripe.register_endpoint(Endpoint {
        connect: true,
        ..endpoint
    });
    StripeClient::new(&stripe, "sk_test_b").customer().await;
    client.customer().await;
    client.clone().for_account("acct_1").customer().await;
    stripe
        .wait_until_delivered(KEY, CREATED, 2)
        .await
        .expect("two deliveries");
    let accounts = |receiver: &WebhookReceiver| {
        receiver
            .received()
            .iter()
            .map(|e| e["account"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(accounts(&own), [serde_json::Value::Null]);
    assert_eq!(accounts(&connect), ["acct_1"]);
}

#[tokio::test]
async fn deliveries_can_be_duplicated_lost_and_resent() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(0).await;
    stripe.register_endpoint(Endpoint::new(KEY, &receiver.url, "whsec_a"));
    stripe.plan_deliveries(plan(COMPLETED, 2));
    stripe.plan_deliveries(plan(CREATED, 0));
    pay(&stripe, &client).await;
    stripe
        .wait_until_deliveries_finish(KEY)
        .await
        .expect("an end");
    let types = receiver.types();
    assert_eq!(types.iter().filter(|kind| *kind == COMPLETED).count(), 2);
    assert!(!types.iter().any(|kind| kind == CREATED));
    let lost = client.get("/v1/events?type=customer.created").await.json();
    let lost = lost["data"][0]["id"].as_str().expect("an event").to_owned();
    assert_eq!(stripe.resend(&lost), Ok(1));
    assert!(stripe.resend("evt_none").is_err());
    stripe
        .wait_until_delivered(KEY, CREATED, 1)
        .await
        .expect("the lost one");
}

#[tokio::test]
async fn held_deliveries_can_be_released_in_reverse_order() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(0).await;
    stripe.register_endpoint(Endpoint::new(KEY, &receiver.url, "whsec_a"));
    stripe.hold_deliveries(KEY);
    pay(&stripe, &client).await;
    stripe
        .wait_until_deliveries_finish(KEY)
        .await
        .expect("nothing under way");
    assert!(receiver.received().is_empty());
    let held: Vec<_> = stripe
        .deliveries(KEY)
        .into_iter()
        .map(|delivery| delivery.event_type)
        .collect();
    assert_eq!(
        stripe.release_deliveries(KEY, ReleaseOrder::NewestFirst),
        held.len()
    );
    stripe
        .wait_until_deliveries_finish(KEY)
        .await
        .expect("an end");
    assert!(held.len() >= 2);
    assert_eq!(receiver.types(), held.into_iter().rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_delayed_delivery_is_sent_after_its_delay() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(0).await;
    stripe.register_endpoint(Endpoint::new(KEY, &receiver.url, "whsec_a"));
    stripe.plan_deliveries(DeliveryPlan {
        delay_ms: 50,
        ..plan(CREATED, 1)
    });
    let before = std::time::Instant::now();
    client.customer().await;
    stripe
        .wait_until_delivered(KEY, CREATED, 1)
        .await
        .expect("a delivery");
    assert!(before.elapsed().as_millis() >= 50);
}

#[tokio::test]
async fn a_reset_keeps_only_the_initial_endpoints() {
    let receiver = WebhookReceiver::refusing(0).await;
    let webhooks = vec![Endpoint::new(KEY, &receiver.url, "whsec_a")];
    let options = stripe_stand_in::Options {
        webhooks,
        ..Default::default()
    };
    let stripe = stripe_stand_in::start(options).await.expect("a free port");
    let client = StripeClient::new(&stripe, KEY);
    stripe.register_endpoint(Endpoint::new(KEY, "http://127.0.0.1:9/", "whsec_b"));
    client.customer().await;
    stripe.reset();
    assert_eq!(client.count("/v1/customers").await, 0);
    assert!(stripe.deliveries(KEY).is_empty());
    client.customer().await;
    assert_eq!(
        stripe
            .wait_until_delivered(KEY, CREATED, 1)
            .await
            .expect("a delivery")
            .len(),
        1
    );
    assert_eq!(stripe.deliveries(KEY).len(), 1);
}
