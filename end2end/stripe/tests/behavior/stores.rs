//! Secret keys and the stores that they select.

use crate::client::{KEY, StripeClient, stand_in};

#[tokio::test]
async fn each_key_and_each_account_has_a_store_of_its_own() {
    let (stripe, client) = stand_in().await;
    let path = format!("/v1/customers/{}", client.customer().await);
    let others = [
        StripeClient::new(&stripe, "sk_test_b"),
        client.clone().for_account("acct_1"),
    ];
    for other in others {
        let response = other.get(&path).await;
        assert_eq!(
            (response.status, response.error("code")),
            (404, "resource_missing".into())
        );
        assert_eq!(other.count("/v1/customers").await, 0);
        let same = other
            .post_with_key("k", "/v1/customers", &[("name", "a")])
            .await;
        assert!(!same.replayed);
    }
    assert_eq!(client.count("/v1/customers").await, 1);
}

#[tokio::test]
async fn invalid_secret_keys_are_refused_as_at_stripe() {
    let (stripe, _caller) = stand_in().await;
    for key in [
        "",
        "nonsense",
        "sk_live_invalid1",
        "sk_test_",
        "sk_test_invalid1",
        "pk_test_x",
    ] {
        let response = StripeClient::new(&stripe, key).get("/v1/customers").await;
        assert_eq!(response.status, 401, "{key}");
        assert_eq!(response.error("type"), "invalid_request_error");
    }
}

#[tokio::test]
async fn the_secret_key_may_be_sent_as_basic_authentication() {
    let (stripe, client) = stand_in().await;
    client.customer().await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let url = format!("{}v1/customers", stripe.base_url);
    let response = client
        .get(url)
        .basic_auth("sk_test_a", Some(""))
        .send()
        .await
        .expect("a response");
    let list: serde_json::Value = response.json().await.expect("JSON");
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_rolled_key_shares_the_store_of_the_old_one() {
    let (stripe, before) = stand_in().await;
    let made = before
        .post_with_key("k", "/v1/customers", &[("name", "a")])
        .await;
    stripe.roll_key(KEY, "sk_test_rolled");
    let refused = before.get("/v1/customers").await;
    let error = (refused.status, refused.error("code"));
    assert_eq!(error, (401, "api_key_expired".into()));
    let after = StripeClient::new(&stripe, "sk_test_rolled");
    assert_eq!(after.count("/v1/customers").await, 1);
    let again = after
        .post_with_key("k", "/v1/customers", &[("name", "a")])
        .await;
    assert!(!again.replayed && again.id() != made.id());
}

#[tokio::test]
async fn all_keys_of_an_account_in_both_modes_return_the_same_account() {
    let (stripe, client) = stand_in().await;
    let id = async |key: &str| {
        StripeClient::new(&stripe, key)
            .get("/v1/account")
            .await
            .id()
    };
    let account = client.get("/v1/account").await.id();
    assert!(account.starts_with("acct_"));
    assert_eq!(id("sk_live_a").await, account);
    stripe.add_key(KEY, "sk_test_rolled");
    assert_eq!(id("sk_test_rolled").await, account);
    assert_ne!(id("sk_test_b").await, account);
    let restricted = StripeClient::new(&stripe, "rk_test_a")
        .get("/v1/account")
        .await;
    assert_eq!(restricted.status, 403);
}

#[tokio::test]
async fn live_and_test_mode_have_separate_stores_and_set_livemode() {
    let (stripe, test) = stand_in().await;
    let live = StripeClient::new(&stripe, "sk_live_a");
    let made = live
        .post_with_key("k", "/v1/customers", &[("name", "a")])
        .await;
    assert_eq!(made.json()["livemode"], true);
    assert_eq!(test.count("/v1/customers").await, 0);
    let events = stripe.objects("sk_live_a", None)["events"].clone();
    assert_eq!(events[0]["livemode"], true);
    assert_eq!(events[0]["data"]["object"]["livemode"], true);
    let customer = test
        .post_with_key("k", "/v1/customers", &[("name", "a")])
        .await;
    assert_eq!(customer.json()["livemode"], false);
}
