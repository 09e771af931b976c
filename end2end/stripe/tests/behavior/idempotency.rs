//! Idempotency keys.

use stripe_stand_in::{Fault, FaultKind};

use crate::client::stand_in;

const CUSTOMERS: &str = "/v1/customers";

#[tokio::test]
async fn the_first_response_is_replayed_byte_for_byte() {
    let (_stripe, client) = stand_in().await;
    let first = client
        .post_with_key("k", CUSTOMERS, &[("name", "a"), ("email", "a@b.cc")])
        .await;
    client
        .post(
            &format!("/v1/customers/{}", first.id()),
            &[("name", "changed")],
        )
        .await;
    let second = client
        .post_with_key("k", CUSTOMERS, &[("name", "a"), ("email", "a@b.cc")])
        .await;
    assert_eq!((first.replayed, second.replayed), (false, true));
    assert_eq!(first.text, second.text);
    assert_eq!(client.count(CUSTOMERS).await, 1);
}

/// Stripe does not document whether the order of parameters counts, so no client may rely on it.
#[tokio::test]
async fn another_parameter_order_under_the_same_key_is_an_error() {
    let (_stripe, client) = stand_in().await;
    let pairs = [("name", "a"), ("email", "a@b.cc")];
    client.post_with_key("k", CUSTOMERS, &pairs).await;
    let [name, email] = pairs;
    let response = client.post_with_key("k", CUSTOMERS, &[email, name]).await;
    assert_eq!(response.status, 400);
    assert_eq!(response.error("type"), "idempotency_error");
}

#[tokio::test]
async fn another_body_or_path_under_the_same_key_is_an_error() {
    let (_stripe, client) = stand_in().await;
    client.post_with_key("k", CUSTOMERS, &[("name", "a")]).await;
    for (path, name) in [(CUSTOMERS, "b"), ("/v1/products", "a")] {
        let response = client.post_with_key("k", path, &[("name", name)]).await;
        assert_eq!(
            (response.status, response.error("type")),
            (400, "idempotency_error".into())
        );
    }
    assert_eq!(client.count("/v1/products").await, 0);
}

#[tokio::test]
async fn the_same_parameters_with_another_value_under_the_same_key_are_an_error() {
    let (_stripe, client) = stand_in().await;
    let path = format!(
        "/v1/customers/{}/balance_transactions",
        client.customer().await
    );
    let first = [
        ("amount", "-5"),
        ("currency", "usd"),
        ("metadata[row]", "1"),
    ];
    let made = client.post_with_key("k", &path, &first).await;
    for (at, value) in [(0, "-50"), (1, "eur"), (1, "USD"), (2, "2"), (2, "")] {
        let mut other = first;
        other[at].1 = value;
        let response = client.post_with_key("k", &path, &other).await;
        let error = (response.status, response.error("type"));
        assert_eq!(error, (400, "idempotency_error".into()), "{value}");
    }
    let fewer = client.post_with_key("k", &path, &first[..2]).await;
    assert_eq!(fewer.error("type"), "idempotency_error");
    let more = [&first[..], &[("description", "x")]].concat();
    let more = client.post_with_key("k", &path, &more).await;
    assert_eq!(more.error("type"), "idempotency_error");
    let query = format!("{path}?expand[]=customer");
    let query = client.post_with_key("k", &query, &first).await;
    assert_eq!(query.error("type"), "idempotency_error");
    let again = client.post_with_key("k", &path, &first).await;
    assert!(again.replayed && again.text == made.text);
    assert_eq!(client.count(&path).await, 1);
}

#[tokio::test]
async fn a_second_request_while_the_first_is_in_progress_is_a_conflict_and_not_stored() {
    let (stripe, client) = stand_in().await;
    stripe.fault(Fault::next(FaultKind::Hang).on("POST", CUSTOMERS));
    let slow = client.clone();
    let first =
        tokio::spawn(async move { slow.post_with_key("k", CUSTOMERS, &[("name", "a")]).await });
    stripe
        .wait_until_received("POST", CUSTOMERS, 1)
        .await
        .expect("the first call");
    let conflict = client.post_with_key("k", CUSTOMERS, &[("name", "a")]).await;
    let error = (conflict.status, conflict.error("code"));
    assert_eq!(error, (409, "idempotency_key_in_use".into()));
    stripe.release_hung();
    let first = first.await.expect("the first call");
    let second = client.post_with_key("k", CUSTOMERS, &[("name", "a")]).await;
    assert_eq!(
        (first.status, &first.text, second.replayed),
        (200, &second.text, true)
    );
}

#[tokio::test]
async fn a_client_that_disconnected_gets_the_response_by_its_key() {
    let (stripe, client) = stand_in().await;
    stripe.fault(Fault::next(FaultKind::HangAfter).on("POST", CUSTOMERS));
    let slow = client.clone();
    let first =
        tokio::spawn(async move { slow.post_with_key("k", CUSTOMERS, &[("name", "a")]).await });
    stripe
        .wait_until_received("POST", CUSTOMERS, 1)
        .await
        .expect("the first call");
    first.abort();
    stripe.release_hung();
    let mut again = client.post_with_key("k", CUSTOMERS, &[("name", "a")]).await;
    while again.status == 409 {
        again = client.post_with_key("k", CUSTOMERS, &[("name", "a")]).await;
    }
    assert_eq!(again.status, 200);
    assert_eq!(client.count(CUSTOMERS).await, 1);
}

#[tokio::test]
async fn a_sticky_500_is_replayed_whether_or_not_it_was_executed() {
    for (kind, made) in [(FaultKind::Sticky500, 0), (FaultKind::Sticky500After, 1)] {
        let (stripe, client) = stand_in().await;
        stripe.fault(Fault::next(kind));
        let first = client.post_with_key("k", CUSTOMERS, &[("name", "a")]).await;
        let second = client.post_with_key("k", CUSTOMERS, &[("name", "a")]).await;
        assert_eq!(
            (first.status, second.status, second.replayed),
            (500, 500, true)
        );
        assert_eq!(client.count(CUSTOMERS).await, made);
        assert_eq!(
            client
                .post_with_key("k:2", CUSTOMERS, &[("name", "a")])
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn a_refused_parameter_does_not_use_up_the_key() {
    let (_stripe, client) = stand_in().await;
    assert_eq!(
        client
            .post_with_key("k", CUSTOMERS, &[("color", "red")])
            .await
            .status,
        400
    );
    let response = client.post_with_key("k", CUSTOMERS, &[("name", "a")]).await;
    assert_eq!((response.status, response.replayed), (200, false));
}

#[tokio::test]
async fn a_key_expires_after_24_hours() {
    let (stripe, client) = stand_in().await;
    let first = client
        .post_with_key("k", CUSTOMERS, &[("name", "a")])
        .await
        .id();
    stripe.advance_clock(24 * 60 * 60 - 60);
    assert_eq!(
        client
            .post_with_key("k", CUSTOMERS, &[("name", "a")])
            .await
            .id(),
        first
    );
    stripe.advance_clock(120);
    assert_ne!(
        client
            .post_with_key("k", CUSTOMERS, &[("name", "a")])
            .await
            .id(),
        first
    );
}

#[tokio::test]
async fn a_key_has_at_most_255_characters() {
    let (_stripe, client) = stand_in().await;
    let key = "k".repeat(256);
    assert_eq!(client.post_with_key(&key, CUSTOMERS, &[]).await.status, 400);
    assert_eq!(
        client.post_with_key(&key[1..], CUSTOMERS, &[]).await.status,
        200
    );
}
