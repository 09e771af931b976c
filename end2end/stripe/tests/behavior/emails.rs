//! Addresses that Stripe refuses.

use crate::{client::stand_in, session::session_form};

const CUSTOMERS: &str = "/v1/customers";
const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn an_invalid_address_is_refused_wherever_one_is_sent() {
    let (_stripe, client) = stand_in().await;
    let customer = format!("{CUSTOMERS}/{}", client.customer().await);
    let long = format!("{}@example.com", "a".repeat(501));
    let invalid = [
        "nobody",
        "a@b@example.com",
        "@example.com",
        "a@localhost",
        "a@example..com",
        "a b@example.com",
        "é@example.com",
        "a@shop.invalid-at-stripe.example",
        &long,
    ];
    for email in invalid {
        let session = session_form("payment", &[("customer_email", email)]);
        let responses = [
            (client.post(CUSTOMERS, &[("email", email)]).await, "email"),
            (client.post(&customer, &[("email", email)]).await, "email"),
            (client.post(SESSIONS, &session).await, "customer_email"),
        ];
        for (response, param) in responses {
            assert_eq!(response.status, 400, "{email}");
            assert_eq!(response.error("type"), "invalid_request_error");
            assert_eq!(response.error("code"), "email_invalid");
            assert_eq!(response.error("param"), param);
            let message = format!("Invalid email address: {email}");
            assert_eq!(response.error("message"), message);
        }
    }
    assert_eq!(client.count(CUSTOMERS).await, 1);
    assert_eq!(client.count(SESSIONS).await, 0);
}

#[tokio::test]
async fn an_address_of_512_characters_is_accepted_and_an_empty_one_unsets_it() {
    let (_stripe, client) = stand_in().await;
    let long = format!("{}@example.com", "a".repeat(500));
    let made = client.post(CUSTOMERS, &[("email", &long)]).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let path = format!("{CUSTOMERS}/{}", made.id());
    let unset = client.post(&path, &[("email", "")]).await.json();
    assert_eq!(unset["email"], serde_json::Value::Null);
}
