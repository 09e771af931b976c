//! Faults: what the client sees, and whether the request was executed.

use stripe_stand_in::{Fault, FaultKind};

use crate::client::{StripeClient, stand_in};

const CUSTOMERS: &str = "/v1/customers";

#[tokio::test]
async fn each_fault_kind_responds_and_executes_as_documented() {
    let cases = [
        (FaultKind::FailBefore, Some(500), 0),
        (FaultKind::FailAfter, Some(500), 1),
        (FaultKind::DropBefore, None, 0),
        (FaultKind::DropAfter, None, 1),
        (FaultKind::TooManyRequests, Some(429), 0),
        (FaultKind::Conflict, Some(409), 0),
        (FaultKind::Sticky500, Some(500), 0),
        (FaultKind::Sticky500After, Some(500), 1),
        (FaultKind::BadGateway, Some(502), 0),
        (FaultKind::BadGatewayAfter, Some(502), 1),
    ];
    for (kind, status, made) in cases {
        let (stripe, client) = stand_in().await;
        stripe.fault(Fault::next(kind).on("post", CUSTOMERS));
        let response = client
            .try_post_with_key("k", CUSTOMERS, &[("name", "a")])
            .await;
        assert_eq!(
            response.as_ref().map(|response| response.status),
            status,
            "{kind:?}"
        );
        assert_eq!(client.count(CUSTOMERS).await, made, "{kind:?}");
        let sticky = matches!(kind, FaultKind::Sticky500 | FaultKind::Sticky500After);
        let again = client.post_with_key("k", CUSTOMERS, &[("name", "a")]).await;
        assert_eq!(again.status, if sticky { 500 } else { 200 }, "{kind:?}");
        assert_eq!(again.replayed, sticky || made == 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_bad_gateway_responds_with_html() {
    let (stripe, client) = stand_in().await;
    stripe.fault(Fault::next(FaultKind::BadGateway));
    assert!(client.get(CUSTOMERS).await.text.starts_with("<html>"));
}

#[tokio::test]
async fn a_fault_affects_only_matching_requests_and_only_so_often() {
    let (stripe, client) = stand_in().await;
    let id = client.customer().await;
    let balance = format!("/v1/customers/{id}/balance_transactions");
    let other = StripeClient::new(&stripe, "sk_test_other");
    let fault = Fault::next(FaultKind::FailBefore).on("POST", CUSTOMERS);
    let mut fault = fault.ending("/balance_transactions").times(2);
    fault.secret_key = Some("sk_test_a".into());
    stripe.fault(fault);
    let form = [("amount", "-100"), ("currency", "usd")];
    assert_eq!(client.get(&balance).await.status, 200);
    assert_eq!(client.post(CUSTOMERS, &[]).await.status, 200);
    assert_eq!(other.post(&balance, &form).await.status, 404);
    for expected in [500, 500, 200] {
        assert_eq!(client.post(&balance, &form).await.status, expected);
    }
}

#[tokio::test]
async fn requests_are_recorded_with_parameters_and_status() {
    let (stripe, client) = stand_in().await;
    stripe.fault(Fault::next(FaultKind::DropAfter).on("POST", CUSTOMERS));
    client
        .try_post_with_key("k", CUSTOMERS, &[("metadata[row]", "1")])
        .await;
    client.get("/v1/customers?email=a").await;
    let calls = stripe.requests();
    assert_eq!(calls[0].idempotency_key.as_deref(), Some("k"));
    assert_eq!(
        calls[0].form,
        vec![("metadata[row]".to_owned(), "1".to_owned())]
    );
    assert_eq!((calls[0].status, calls[1].status), (None, Some(200)));
    assert_eq!(
        (calls[1].method.as_str(), calls[1].path.as_str()),
        ("GET", CUSTOMERS)
    );
}

#[tokio::test]
async fn a_wait_times_out_with_an_error() {
    let (stripe, _caller) = stand_in().await;
    tokio::time::pause();
    assert!(stripe.wait_until_received("GET", "/v1/", 1).await.is_err());
}

#[tokio::test]
async fn a_fault_can_skip_the_first_requests() {
    let (stripe, client) = stand_in().await;
    let fault = Fault::next(FaultKind::TooManyRequests).on("GET", "/v1/customers");
    stripe.fault(fault.after(2));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(client.get("/v1/customers").await.status);
    }
    assert_eq!(statuses, [200, 200, 429, 200]);
}
