//! Demo data and the store file.

use stripe_stand_in::{Options, Seed, SeedCustomer, SeedTransaction, start};

use crate::{
    client::{KEY, StripeClient, stand_in},
    webhook_receiver::WebhookReceiver,
};

fn demo(currency: &str) -> Seed {
    let entry = |id: &str, amount, created| SeedTransaction {
        id: id.into(),
        amount,
        currency: currency.into(),
        description: Some("Referral credit".into()),
        created: Some(created),
        ..Default::default()
    };
    let balance_transactions = vec![entry("cbtxn_1", -500, 1_000), entry("cbtxn_2", -250, 2_000)];
    let email = Some("demo@example.com".into());
    let id = "cus_demo".into();
    let customer = SeedCustomer {
        id,
        email,
        balance_transactions,
        ..Default::default()
    };
    Seed {
        secret_key: KEY.into(),
        customers: vec![customer],
        ..Default::default()
    }
}

#[tokio::test]
async fn seeding_twice_changes_nothing() {
    let (stripe, client) = stand_in().await;
    stripe.seed(demo("usd")).expect("planted");
    stripe.seed(demo("usd")).expect("planted");
    let customer = client.get("/v1/customers/cus_demo").await.json();
    assert_eq!(customer["balance"], -750);
    let entries = client
        .get("/v1/customers/cus_demo/balance_transactions")
        .await
        .json();
    let ids: Vec<_> = entries["data"]
        .as_array()
        .expect("data")
        .iter()
        .map(|e| &e["id"])
        .collect();
    assert_eq!(ids, ["cbtxn_2", "cbtxn_1"]);
    assert_eq!(entries["data"][1]["created"], 1_000);
}

#[tokio::test]
async fn the_store_file_is_loaded_at_the_next_start() {
    let folder = std::env::temp_dir().join(format!("stand-in-{}", std::process::id()));
    let options = || Options {
        store_file: Some(folder.join("store.json")),
        ..Options::default()
    };
    let first = start(options()).await.expect("a free port");
    let made = StripeClient::new(&first, KEY)
        .post_with_key("k", "/v1/customers", &[("name", "a")])
        .await;
    drop(first);
    let second = start(options()).await.expect("a free port");
    let again = StripeClient::new(&second, KEY)
        .post_with_key("k", "/v1/customers", &[("name", "a")])
        .await;
    assert_eq!(
        (made.text.as_str(), again.replayed),
        (again.text.as_str(), true)
    );
    drop(second);
    std::fs::remove_dir_all(folder).expect("a folder to remove");
}

#[tokio::test]
async fn an_endpoint_made_by_api_and_its_secret_survive_a_restart() {
    let folder = std::env::temp_dir().join(format!("stand-in-hook-{}", std::process::id()));
    let options = || Options {
        store_file: Some(folder.join("store.json")),
        ..Options::default()
    };
    let receiver = WebhookReceiver::refusing(0).await;
    let form = [("url", receiver.url.as_str()), ("enabled_events[]", "*")];
    let first = start(options()).await.expect("a free port");
    let made = StripeClient::new(&first, KEY)
        .post("/v1/webhook_endpoints", &form)
        .await
        .json();
    drop(first);
    let second = start(options()).await.expect("a free port");
    StripeClient::new(&second, KEY).customer().await;
    second
        .wait_until_delivered(KEY, "customer.created", 1)
        .await
        .expect("a delivery");
    let secret = made["secret"].as_str().expect("a secret");
    assert_eq!(receiver.signed_with(secret), 1);
    drop(second);
    std::fs::remove_dir_all(folder).expect("a folder to remove");
}
