//! Webhook endpoints made by API.

use serde_json::{Value, json};
use stripe_stand_in::{Endpoint, StandIn};

use crate::{
    client::{KEY, StripeClient, stand_in},
    webhook_receiver::WebhookReceiver,
};

const ENDPOINTS: &str = "/v1/webhook_endpoints";
const CREATED: &str = "customer.created";
const UPDATED: &str = "customer.updated";

/// Makes an endpoint for these events and returns Stripe's response.
async fn endpoint(client: &StripeClient, url: &str, events: &[&str]) -> Value {
    let mut form = vec![("url", url)];
    form.extend(events.iter().map(|event| ("enabled_events[]", *event)));
    let response = client.post(ENDPOINTS, &form).await;
    assert_eq!(response.status, 200, "{}", response.text);
    response.json()
}

fn path(endpoint: &Value) -> String {
    format!("{ENDPOINTS}/{}", endpoint["id"].as_str().expect("an id"))
}

fn secret(endpoint: &Value) -> &str {
    endpoint["secret"].as_str().expect("a secret")
}

async fn finish(stripe: &StandIn) {
    let finished = stripe.wait_until_deliveries_finish(KEY).await;
    finished.expect("an end of the deliveries");
}

#[tokio::test]
async fn the_secret_is_only_in_the_response_of_the_creation() {
    let (stripe, client) = stand_in().await;
    let made = endpoint(&client, "http://127.0.0.1:9/hook", &[CREATED]).await;
    assert!(secret(&made).starts_with("whsec_"));
    let shown = client.get(&path(&made)).await.json();
    let mut expected = made.clone();
    expected.as_object_mut().expect("fields").remove("secret");
    assert_eq!(shown, expected);
    let list = client.get(ENDPOINTS).await.json();
    assert_eq!(list["data"], json!([shown]));
    let updated = client.post(&path(&made), &[("description", "ours")]).await;
    assert_eq!(updated.json().get("secret"), None);
    let books = stripe.objects(KEY, None);
    assert_eq!(books["webhook_endpoints"][0]["description"], "ours");
    assert!(!books.to_string().contains("whsec_"));
}

#[tokio::test]
async fn an_endpoint_receives_signed_deliveries_of_its_events_until_it_is_deleted() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(1).await;
    let made = endpoint(&client, &receiver.url, &[CREATED]).await;
    let customer = client.customer().await;
    let path_of_customer = format!("/v1/customers/{customer}");
    client.post(&path_of_customer, &[("name", "A")]).await;
    finish(&stripe).await;
    assert_eq!(receiver.types(), [CREATED, CREATED], "one and its retry");
    assert_eq!(receiver.signed_with(secret(&made)), 2);
    let events = stripe.objects(KEY, None)["events"].clone();
    let pending = |at: usize| events[at]["pending_webhooks"].clone();
    assert_eq!((pending(0), pending(1)), (json!(0), json!(0)));
    let deleted = client.delete(&path(&made)).await.json();
    let id = made["id"].clone();
    let tombstone = json!({ "id": id, "object": "webhook_endpoint", "deleted": true });
    assert_eq!(deleted, tombstone);
    assert_eq!(client.get(&path(&made)).await.status, 404);
    client.customer().await;
    finish(&stripe).await;
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn a_star_stands_for_all_events_and_an_update_changes_them() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(0).await;
    let made = endpoint(&client, &receiver.url, &["*"]).await;
    let customer = format!("/v1/customers/{}", client.customer().await);
    let form = [("enabled_events[0]", UPDATED), ("metadata[site]", "1")];
    let updated = client.post(&path(&made), &form).await.json();
    let changed = (&updated["enabled_events"], &updated["metadata"]);
    assert_eq!(changed, (&json!([UPDATED]), &json!({ "site": "1" })));
    client.customer().await;
    client.post(&customer, &[("name", "A")]).await;
    finish(&stripe).await;
    let mut types = receiver.types();
    types.sort();
    assert_eq!(types, [CREATED, UPDATED]);
}

#[tokio::test]
async fn a_disabled_endpoint_receives_nothing_until_it_is_enabled_again() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(0).await;
    let made = endpoint(&client, &receiver.url, &[CREATED]).await;
    // A delivery that was scheduled before ends without an attempt.
    stripe.hold_deliveries(KEY);
    client.customer().await;
    let disabled = client.post(&path(&made), &[("disabled", "true")]).await;
    assert_eq!(disabled.json()["status"], "disabled");
    stripe.release_deliveries(KEY, Default::default());
    client.customer().await;
    finish(&stripe).await;
    assert!(receiver.received().is_empty());
    let enabled = client.post(&path(&made), &[("disabled", "false")]).await;
    assert_eq!(enabled.json()["status"], "enabled");
    client.customer().await;
    finish(&stripe).await;
    assert_eq!(receiver.types(), [CREATED]);
}

#[tokio::test]
async fn the_same_url_receives_an_event_once_for_each_endpoint() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(0).await;
    stripe.register_endpoint(Endpoint::new(KEY, &receiver.url, "whsec_control"));
    let made = endpoint(&client, &receiver.url, &[CREATED]).await;
    client.customer().await;
    finish(&stripe).await;
    assert_eq!(receiver.types(), [CREATED, CREATED]);
    assert_eq!(receiver.signed_with("whsec_control"), 1);
    assert_eq!(receiver.signed_with(secret(&made)), 1);
    assert!(stripe.remove_endpoint(KEY, &receiver.url));
    client.customer().await;
    finish(&stripe).await;
    assert_eq!(receiver.signed_with(secret(&made)), 2);
}

#[tokio::test]
async fn an_endpoint_belongs_to_one_account_and_connect_receives_the_connected_ones() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(0).await;
    let form = [
        ("url", receiver.url.as_str()),
        ("enabled_events[]", CREATED),
        ("connect", "true"),
    ];
    client.post(ENDPOINTS, &form).await;
    client.customer().await;
    StripeClient::new(&stripe, "sk_test_b").customer().await;
    let connected = client.clone().for_account("acct_1");
    connected.customer().await;
    assert_eq!(connected.count(ENDPOINTS).await, 0);
    finish(&stripe).await;
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(receiver.received()[0]["account"], "acct_1");
}

#[tokio::test]
async fn an_event_comes_in_the_api_version_of_its_endpoint() {
    let (stripe, client) = stand_in().await;
    let receiver = WebhookReceiver::refusing(0).await;
    let form = [
        ("url", receiver.url.as_str()),
        ("enabled_events[]", CREATED),
        ("api_version", "2026-09-30.endive"),
    ];
    let made = client.post(ENDPOINTS, &form).await.json();
    assert_eq!(made["api_version"], "2026-09-30.endive");
    client.customer().await;
    finish(&stripe).await;
    assert_eq!(receiver.received()[0]["api_version"], "2026-09-30.endive");
    let version = [("api_version", "2026-10-28.endive")];
    let refused = client.post(&path(&made), &version).await;
    let error = (refused.status, refused.error("param"));
    assert_eq!(error, (400, "api_version".into()), "only at creation");
}

#[tokio::test]
async fn an_account_has_room_for_16_endpoints_in_each_mode() {
    let (stripe, client) = stand_in().await;
    let form = [("url", "https://shop.test/hook"), ("enabled_events[]", "*")];
    let mut last = Value::Null;
    for _ in 0..16 {
        last = endpoint(&client, "https://shop.test/hook", &["*"]).await;
    }
    let refused = client.post(ENDPOINTS, &form).await;
    let error = (refused.status, refused.error("type"));
    assert_eq!(error, (400, "invalid_request_error".into()));
    assert!(refused.error("message").contains("maximum of 16 test"));
    let live = StripeClient::new(&stripe, "sk_live_a");
    assert_eq!(live.post(ENDPOINTS, &form).await.status, 200);
    client.delete(&path(&last)).await;
    assert_eq!(client.post(ENDPOINTS, &form).await.status, 200);
}

#[tokio::test]
async fn urls_that_stripe_cannot_deliver_to_are_refused() {
    let (stripe, client) = stand_in().await;
    let live = StripeClient::new(&stripe, "sk_live_a");
    let cases = [
        ("http://127.0.0.1:3000/hook", 200, 400),
        ("http://shop.test/hook", 200, 400),
        ("https://localhost/hook", 200, 400),
        ("https://[::1]/hook", 200, 400),
        ("https://shop.test/hook", 200, 200),
        ("shop.test/hook", 400, 400),
        ("ftp://shop.test/hook", 400, 400),
    ];
    let kept = endpoint(&live, "https://shop.test/kept", &["*"]).await;
    for (url, in_test, in_live) in cases {
        let form = [("url", url), ("enabled_events[]", "*")];
        for (client, status) in [(&client, in_test), (&live, in_live)] {
            let response = client.post(ENDPOINTS, &form).await;
            assert_eq!(response.status, status, "{url}");
            if status == 400 {
                assert_eq!(response.error("param"), "url", "{url}");
            }
        }
        let updated = live.post(&path(&kept), &[("url", url)]).await;
        assert_eq!(updated.status, in_live, "{url}");
    }
}

#[tokio::test]
async fn only_names_of_events_are_accepted_and_at_least_one() {
    let (_stripe, client) = stand_in().await;
    let url = ("url", "https://shop.test/hook");
    let made = endpoint(&client, url.1, &["*"]).await;
    let cases = [
        ("enabled_events[]", "customer.*", "enabled_events[0]"),
        ("enabled_events[]", "customer.born", "enabled_events[0]"),
        ("enabled_events[]", "", "enabled_events[0]"),
        ("enabled_events", "", "enabled_events"),
    ];
    for (name, event, param) in cases {
        let forms = [vec![url, (name, event)], vec![(name, event)]];
        for (path, form) in [ENDPOINTS.to_owned(), path(&made)].iter().zip(forms) {
            let response = client.post(path, &form).await;
            let error = (response.status, response.error("param"));
            assert_eq!(error, (400, param.into()), "{name}={event}");
        }
    }
    let invalid = [url, ("enabled_events[]", "customer.born")];
    let message = client.post(ENDPOINTS, &invalid).await.error("message");
    assert!(message.starts_with("Invalid enabled_events[0]: must be one of *,"));
    let missing = client.post(ENDPOINTS, &[url]).await;
    let error = (missing.error("code"), missing.error("param"));
    assert_eq!(error, ("parameter_missing".into(), "enabled_events".into()));
    assert_eq!(client.count(ENDPOINTS).await, 1);
}

#[tokio::test]
async fn a_restricted_key_may_lack_the_permission() {
    let (stripe, _client) = stand_in().await;
    let form = [("url", "https://shop.test/hook"), ("enabled_events[]", "*")];
    let allowed = StripeClient::new(&stripe, "rk_test_a");
    assert_eq!(allowed.post(ENDPOINTS, &form).await.status, 200);
    let refused = StripeClient::new(&stripe, "rk_test_nowebhooks1");
    let one = format!("{ENDPOINTS}/we_1");
    let responses = [
        refused.post(ENDPOINTS, &form).await,
        refused.post(ENDPOINTS, &[]).await,
        refused.get(ENDPOINTS).await,
        refused.get(&one).await,
        refused.post(&one, &[]).await,
        refused.delete(&one).await,
    ];
    for response in responses {
        let error = (response.status, response.error("type"));
        assert_eq!(error, (403, "invalid_request_error".into()));
        let message = response.error("message");
        assert!(message.contains("'rak_webhook_write'"), "{message}");
    }
    assert_eq!(refused.get("/v1/customers").await.status, 200);
    let unrestricted = StripeClient::new(&stripe, "sk_test_nowebhooks1");
    assert_eq!(unrestricted.get(ENDPOINTS).await.status, 200);
}
