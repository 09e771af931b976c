//! Idempotency keys.

use stripe_stand_in::{Fault, FaultKind};

use crate::caller::stand_in;

const CUSTOMERS: &str = "/v1/customers";

#[tokio::test]
async fn the_first_result_is_replayed_byte_for_byte() {
    let (_stripe, caller) = stand_in().await;
    let first = caller
        .keyed("k", CUSTOMERS, &[("name", "a"), ("email", "a@b.cc")])
        .await;
    caller
        .post(
            &format!("/v1/customers/{}", first.id()),
            &[("name", "changed")],
        )
        .await;
    let second = caller
        .keyed("k", CUSTOMERS, &[("name", "a"), ("email", "a@b.cc")])
        .await;
    assert_eq!((first.replayed, second.replayed), (false, true));
    assert_eq!(first.text, second.text);
    assert_eq!(caller.number_of(CUSTOMERS).await, 1);
}

/// Stripe does not say whether the order of parameters counts: nobody may rely on it.
#[tokio::test]
async fn another_order_under_the_same_key_is_an_error() {
    let (_stripe, caller) = stand_in().await;
    let pairs = [("name", "a"), ("email", "a@b.cc")];
    caller.keyed("k", CUSTOMERS, &pairs).await;
    let [name, email] = pairs;
    let answer = caller.keyed("k", CUSTOMERS, &[email, name]).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.error("type"), "idempotency_error");
}

#[tokio::test]
async fn another_body_or_path_under_the_same_key_is_an_error() {
    let (_stripe, caller) = stand_in().await;
    caller.keyed("k", CUSTOMERS, &[("name", "a")]).await;
    for (path, name) in [(CUSTOMERS, "b"), ("/v1/products", "a")] {
        let answer = caller.keyed("k", path, &[("name", name)]).await;
        assert_eq!(
            (answer.status, answer.error("type")),
            (400, "idempotency_error".into())
        );
    }
    assert_eq!(caller.number_of("/v1/products").await, 0);
}

#[tokio::test]
async fn a_second_call_while_the_first_is_in_progress_is_a_conflict_and_not_stored() {
    let (stripe, caller) = stand_in().await;
    stripe.fault(Fault::next(FaultKind::Hang).on("POST", CUSTOMERS));
    let slow = caller.clone();
    let first = tokio::spawn(async move { slow.keyed("k", CUSTOMERS, &[("name", "a")]).await });
    stripe
        .received("POST", CUSTOMERS, 1)
        .await
        .expect("the first call");
    let conflict = caller.keyed("k", CUSTOMERS, &[("name", "a")]).await;
    let told = (conflict.status, conflict.error("code"));
    assert_eq!(told, (409, "idempotency_key_in_use".into()));
    stripe.release_hung();
    let first = first.await.expect("the first call");
    let second = caller.keyed("k", CUSTOMERS, &[("name", "a")]).await;
    assert_eq!(
        (first.status, &first.text, second.replayed),
        (200, &second.text, true)
    );
}

#[tokio::test]
async fn a_caller_that_gave_up_finds_the_result_under_its_key() {
    let (stripe, caller) = stand_in().await;
    stripe.fault(Fault::next(FaultKind::HangAfter).on("POST", CUSTOMERS));
    let slow = caller.clone();
    let first = tokio::spawn(async move { slow.keyed("k", CUSTOMERS, &[("name", "a")]).await });
    stripe
        .received("POST", CUSTOMERS, 1)
        .await
        .expect("the first call");
    first.abort();
    stripe.release_hung();
    let mut again = caller.keyed("k", CUSTOMERS, &[("name", "a")]).await;
    while again.status == 409 {
        again = caller.keyed("k", CUSTOMERS, &[("name", "a")]).await;
    }
    assert_eq!(again.status, 200);
    assert_eq!(caller.number_of(CUSTOMERS).await, 1);
}

#[tokio::test]
async fn a_sticky_500_stays_whether_or_not_it_did_something() {
    for (kind, made) in [(FaultKind::Sticky500, 0), (FaultKind::Sticky500After, 1)] {
        let (stripe, caller) = stand_in().await;
        stripe.fault(Fault::next(kind));
        let first = caller.keyed("k", CUSTOMERS, &[("name", "a")]).await;
        let second = caller.keyed("k", CUSTOMERS, &[("name", "a")]).await;
        assert_eq!(
            (first.status, second.status, second.replayed),
            (500, 500, true)
        );
        assert_eq!(caller.number_of(CUSTOMERS).await, made);
        assert_eq!(
            caller
                .keyed("k:2", CUSTOMERS, &[("name", "a")])
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn a_refused_parameter_leaves_the_key_free() {
    let (_stripe, caller) = stand_in().await;
    assert_eq!(
        caller
            .keyed("k", CUSTOMERS, &[("colour", "red")])
            .await
            .status,
        400
    );
    let answer = caller.keyed("k", CUSTOMERS, &[("name", "a")]).await;
    assert_eq!((answer.status, answer.replayed), (200, false));
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let (stripe, caller) = stand_in().await;
    let first = caller.keyed("k", CUSTOMERS, &[("name", "a")]).await.id();
    stripe.advance(24 * 60 * 60 - 60);
    assert_eq!(
        caller.keyed("k", CUSTOMERS, &[("name", "a")]).await.id(),
        first
    );
    stripe.advance(120);
    assert_ne!(
        caller.keyed("k", CUSTOMERS, &[("name", "a")]).await.id(),
        first
    );
}

#[tokio::test]
async fn a_key_has_at_most_255_characters() {
    let (_stripe, caller) = stand_in().await;
    let key = "k".repeat(256);
    assert_eq!(caller.keyed(&key, CUSTOMERS, &[]).await.status, 400);
    assert_eq!(caller.keyed(&key[1..], CUSTOMERS, &[]).await.status, 200);
}
