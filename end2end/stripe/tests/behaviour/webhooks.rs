//! Webhooks on their way.

use stripe_stand_in::{DeliveryPlan, Endpoint, How, Order, StandIn};

use crate::{
    caller::{Caller, KEY, stand_in},
    shop::{Shop, session},
};

const COMPLETED: &str = "checkout.session.completed";
const CREATED: &str = "customer.created";

async fn pay(stripe: &StandIn, caller: &Caller) {
    let id = session(caller, "subscription", &[]).await;
    stripe
        .complete(&id, How::Paid, Some("a@example.com"))
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
async fn an_event_is_sent_until_it_is_taken() {
    let (stripe, caller) = stand_in().await;
    let shop = Shop::refusing(2).await;
    stripe.register(Endpoint::new(KEY, &shop.url, "whsec_a"));
    caller.customer().await;
    let deliveries = stripe.delivered(KEY, CREATED, 1).await.expect("a delivery");
    assert_eq!(deliveries[0].statuses, [500, 500, 200]);
    assert_eq!(shop.got().len(), 3);
    assert_eq!(shop.got()[0]["id"], shop.got()[2]["id"]);
}

#[tokio::test]
async fn an_endpoint_that_is_away_is_tried_again_and_given_up_when_removed() {
    let (stripe, caller) = stand_in().await;
    let url = Shop::refusing(0).await.url.clone();
    stripe.register(Endpoint::new(KEY, &url, "whsec_a"));
    caller.customer().await;
    stripe
        .attempted(KEY, CREATED, 2)
        .await
        .expect("two attempts");
    assert!(stripe.unregister(KEY, &url) && !stripe.unregister(KEY, &url));
    stripe.idle(KEY).await.expect("an end");
    assert!(
        stripe.deliveries(KEY)[0]
            .statuses
            .iter()
            .all(|status| *status == 0)
    );
}

#[tokio::test]
async fn events_go_to_the_endpoints_of_their_key_and_account_alone() {
    let (stripe, caller) = stand_in().await;
    let (own, connect) = (Shop::refusing(0).await, Shop::refusing(0).await);
    stripe.register(Endpoint::new(KEY, &own.url, "whsec_a"));
    let endpoint = Endpoint::new(KEY, &connect.url, "whsec_b");
    stripe.register(Endpoint {
        connect: true,
        ..endpoint
    });
    Caller::new(&stripe, "sk_test_b").customer().await;
    caller.customer().await;
    caller.clone().of("acct_1").customer().await;
    stripe
        .delivered(KEY, CREATED, 2)
        .await
        .expect("two deliveries");
    let accounts = |shop: &Shop| {
        shop.got()
            .iter()
            .map(|e| e["account"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(accounts(&own), [serde_json::Value::Null]);
    assert_eq!(accounts(&connect), ["acct_1"]);
}

#[tokio::test]
async fn deliveries_can_be_doubled_lost_and_sent_again() {
    let (stripe, caller) = stand_in().await;
    let shop = Shop::refusing(0).await;
    stripe.register(Endpoint::new(KEY, &shop.url, "whsec_a"));
    stripe.plan(plan(COMPLETED, 2));
    stripe.plan(plan(CREATED, 0));
    pay(&stripe, &caller).await;
    stripe.idle(KEY).await.expect("an end");
    let types = shop.types();
    assert_eq!(types.iter().filter(|kind| *kind == COMPLETED).count(), 2);
    assert!(!types.iter().any(|kind| kind == CREATED));
    let lost = caller.get("/v1/events?type=customer.created").await.json();
    let lost = lost["data"][0]["id"].as_str().expect("an event").to_owned();
    assert_eq!(stripe.resend(&lost), Ok(1));
    assert!(stripe.resend("evt_none").is_err());
    stripe
        .delivered(KEY, CREATED, 1)
        .await
        .expect("the lost one");
}

#[tokio::test]
async fn held_deliveries_wait_and_can_come_in_the_wrong_order() {
    let (stripe, caller) = stand_in().await;
    let shop = Shop::refusing(0).await;
    stripe.register(Endpoint::new(KEY, &shop.url, "whsec_a"));
    stripe.hold(KEY);
    pay(&stripe, &caller).await;
    stripe.idle(KEY).await.expect("nothing under way");
    assert!(shop.got().is_empty());
    let held: Vec<_> = stripe
        .deliveries(KEY)
        .into_iter()
        .map(|one| one.event_type)
        .collect();
    assert_eq!(stripe.release(KEY, Order::NewestFirst), held.len());
    stripe.idle(KEY).await.expect("an end");
    assert!(held.len() >= 2);
    assert_eq!(shop.types(), held.into_iter().rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_delayed_delivery_comes_after_its_time() {
    let (stripe, caller) = stand_in().await;
    let shop = Shop::refusing(0).await;
    stripe.register(Endpoint::new(KEY, &shop.url, "whsec_a"));
    stripe.plan(DeliveryPlan {
        delay_ms: 50,
        ..plan(CREATED, 1)
    });
    let before = std::time::Instant::now();
    caller.customer().await;
    stripe.delivered(KEY, CREATED, 1).await.expect("a delivery");
    assert!(before.elapsed().as_millis() >= 50);
}

#[tokio::test]
async fn a_reset_forgets_all_but_the_endpoints_of_the_start() {
    let shop = Shop::refusing(0).await;
    let webhooks = vec![Endpoint::new(KEY, &shop.url, "whsec_a")];
    let options = stripe_stand_in::Options {
        webhooks,
        ..Default::default()
    };
    let stripe = stripe_stand_in::start(options).await.expect("a free port");
    let caller = Caller::new(&stripe, KEY);
    stripe.register(Endpoint::new(KEY, "http://127.0.0.1:9/", "whsec_b"));
    caller.customer().await;
    stripe.reset();
    assert_eq!(caller.number_of("/v1/customers").await, 0);
    assert!(stripe.deliveries(KEY).is_empty());
    caller.customer().await;
    assert_eq!(
        stripe
            .delivered(KEY, CREATED, 1)
            .await
            .expect("a delivery")
            .len(),
        1
    );
    assert_eq!(stripe.deliveries(KEY).len(), 1);
}
