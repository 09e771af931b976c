//! Keys, and the stores behind them.

use crate::caller::{Caller, KEY, stand_in};

#[tokio::test]
async fn each_key_and_each_account_has_a_store_of_its_own() {
    let (stripe, caller) = stand_in().await;
    let path = format!("/v1/customers/{}", caller.customer().await);
    let others = [
        Caller::new(&stripe, "sk_test_b"),
        caller.clone().of("acct_1"),
    ];
    for other in others {
        let answer = other.get(&path).await;
        assert_eq!(
            (answer.status, answer.error("code")),
            (404, "resource_missing".into())
        );
        assert_eq!(other.number_of("/v1/customers").await, 0);
        let same = other.keyed("k", "/v1/customers", &[("name", "a")]).await;
        assert!(!same.replayed);
    }
    assert_eq!(caller.number_of("/v1/customers").await, 1);
}

#[tokio::test]
async fn wrong_keys_are_refused_in_stripes_words() {
    let (stripe, _caller) = stand_in().await;
    for key in [
        "",
        "nonsense",
        "sk_live_invalid1",
        "sk_test_",
        "sk_test_invalid1",
        "pk_test_x",
    ] {
        let answer = Caller::new(&stripe, key).get("/v1/customers").await;
        assert_eq!(answer.status, 401, "{key}");
        assert_eq!(answer.error("type"), "invalid_request_error");
    }
}

#[tokio::test]
async fn a_key_may_come_as_basic_authorization() {
    let (stripe, caller) = stand_in().await;
    caller.customer().await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let url = format!("{}v1/customers", stripe.base_url);
    let answer = client
        .get(url)
        .basic_auth("sk_test_a", Some(""))
        .send()
        .await
        .expect("an answer");
    let list: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(list["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_rolled_key_leaves_its_store_to_the_new_one() {
    let (stripe, before) = stand_in().await;
    let made = before.keyed("k", "/v1/customers", &[("name", "a")]).await;
    stripe.roll_key(KEY, "sk_test_rolled");
    let refused = before.get("/v1/customers").await;
    let told = (refused.status, refused.error("code"));
    assert_eq!(told, (401, "api_key_expired".into()));
    let after = Caller::new(&stripe, "sk_test_rolled");
    assert_eq!(after.number_of("/v1/customers").await, 1);
    let again = after.keyed("k", "/v1/customers", &[("name", "a")]).await;
    assert!(!again.replayed && again.id() != made.id());
}

#[tokio::test]
async fn an_account_is_told_by_any_of_its_keys_and_in_either_mode() {
    let (stripe, caller) = stand_in().await;
    let id = async |key: &str| Caller::new(&stripe, key).get("/v1/account").await.id();
    let account = caller.get("/v1/account").await.id();
    assert!(account.starts_with("acct_"));
    assert_eq!(id("sk_live_a").await, account);
    stripe.add_key(KEY, "sk_test_rolled");
    assert_eq!(id("sk_test_rolled").await, account);
    assert_ne!(id("sk_test_b").await, account);
    let restricted = Caller::new(&stripe, "rk_test_a").get("/v1/account").await;
    assert_eq!(restricted.status, 403);
}

#[tokio::test]
async fn the_modes_have_books_of_their_own_and_say_so() {
    let (stripe, test) = stand_in().await;
    let live = Caller::new(&stripe, "sk_live_a");
    let made = live.keyed("k", "/v1/customers", &[("name", "a")]).await;
    assert_eq!(made.json()["livemode"], true);
    assert_eq!(test.number_of("/v1/customers").await, 0);
    let events = stripe.books("sk_live_a", None)["events"].clone();
    assert_eq!(events[0]["livemode"], true);
    assert_eq!(events[0]["data"]["object"]["livemode"], true);
    let customer = test.keyed("k", "/v1/customers", &[("name", "a")]).await;
    assert_eq!(customer.json()["livemode"], false);
}
