//! Customer balances.

use serde_json::{Value, json};
use stripe_stand_in::PaymentStatus;

use crate::{
    client::{StripeClient, stand_in},
    session::{session, session_form},
};

/// Adds a balance transaction and returns it.
async fn add(client: &StripeClient, customer: &str, amount: &str, currency: &str) -> Value {
    let path = format!("/v1/customers/{customer}/balance_transactions");
    let form = [("amount", amount), ("currency", currency)];
    let response = client.post(&path, &form).await;
    assert_eq!(response.status, 200, "{}", response.text);
    response.json()
}

/// The customer's balance and currency.
async fn shown(client: &StripeClient, customer: &str) -> (Value, Value) {
    let path = format!("/v1/customers/{customer}");
    let customer = client.get(&path).await.json();
    (customer["balance"].clone(), customer["currency"].clone())
}

#[tokio::test]
async fn the_first_transaction_sets_the_currency_that_the_customer_shows() {
    let (_stripe, client) = stand_in().await;
    let id = client.customer().await;
    assert_eq!(shown(&client, &id).await, (json!(0), Value::Null));
    let entry = add(&client, &id, "-500", "USD").await;
    assert_eq!(
        (&entry["type"], &entry["currency"], &entry["ending_balance"]),
        (&json!("adjustment"), &json!("usd"), &json!(-500))
    );
    add(&client, &id, "-70", "eur").await;
    assert_eq!(shown(&client, &id).await, (json!(-500), json!("usd")));
    assert_eq!(
        add(&client, &id, "200", "usd").await["ending_balance"],
        -300
    );
    assert_eq!(shown(&client, &id).await, (json!(-300), json!("usd")));
}

#[tokio::test]
async fn each_currency_has_a_balance_of_its_own() {
    let (_stripe, client) = stand_in().await;
    let id = client.customer().await;
    let mut endings = Vec::new();
    for (amount, currency) in [
        ("-500", "usd"),
        ("-70", "eur"),
        ("-100", "jpy"),
        ("100", "usd"),
        ("90", "eur"),
    ] {
        let entry = add(&client, &id, amount, currency).await;
        endings.push(entry["ending_balance"].clone());
    }
    assert_eq!(endings, [-500, -70, -100, -400, 20]);
    let other = client.customer().await;
    assert_eq!(
        add(&client, &other, "-1", "eur").await["ending_balance"],
        -1
    );
}

#[tokio::test]
async fn the_credit_of_each_currency_is_given_where_it_is_asked_for() {
    let (_stripe, client) = stand_in().await;
    let id = client.customer().await;
    let plain = client.get(&format!("/v1/customers/{id}")).await.json();
    assert_eq!(plain.get("invoice_credit_balance"), None);
    let expanded = format!("/v1/customers/{id}?expand[]=invoice_credit_balance");
    let credits = async || client.get(&expanded).await.json()["invoice_credit_balance"].clone();
    assert_eq!(credits().await, json!({}));
    add(&client, &id, "-500", "usd").await;
    assert_eq!(credits().await, json!({ "usd": 500 }), "the opposite sign");
    add(&client, &id, "-70", "eur").await;
    add(&client, &id, "40", "gbp").await;
    let all = json!({ "eur": 70, "gbp": -40, "usd": 500 });
    assert_eq!(credits().await, all);
}

#[tokio::test]
async fn a_subscription_spends_the_balance_of_its_own_currency_only() {
    let (stripe, client) = stand_in().await;
    let id = client.customer().await;
    add(&client, &id, "-500", "usd").await;
    add(&client, &id, "-70", "eur").await;
    let expanded = format!("/v1/customers/{id}?expand[]=invoice_credit_balance");
    let credits = async || client.get(&expanded).await.json()["invoice_credit_balance"].clone();
    let more = |currency| {
        let currency = ("line_items[0][price_data][currency]", currency);
        vec![("customer", id.as_str()), currency]
    };
    let eur = session(&client, "subscription", &more("eur")).await;
    assert_eq!(credits().await, json!({ "eur": 0, "usd": 500 }));
    let gbp = session(&client, "subscription", &more("gbp")).await;
    stripe.expire(&gbp).expect("expired");
    assert_eq!(credits().await, json!({ "eur": 0, "usd": 500 }));
    stripe.expire(&eur).expect("expired");
    assert_eq!(credits().await, json!({ "eur": 70, "usd": 500 }));
    session(&client, "subscription", &more("usd")).await;
    assert_eq!(credits().await, json!({ "eur": 70, "usd": 0 }));
}

#[tokio::test]
async fn the_subscriptions_of_a_customer_have_one_currency() {
    let (stripe, client) = stand_in().await;
    let id = client.customer().await;
    let more = [("customer", id.as_str())];
    let paid = session(&client, "subscription", &more).await;
    let paid = stripe.complete(&paid, PaymentStatus::Paid, None);
    assert!(paid.expect("paid")["subscription"].is_string());
    let eur = ("line_items[0][price_data][currency]", "eur");
    let form = session_form("subscription", &[more[0], eur]);
    let refused = client.post("/v1/checkout/sessions", &form).await;
    assert_eq!(refused.status, 400);
    assert!(refused.error("message").contains("combine currencies"));
    session(&client, "payment", &[more[0], eur]).await;
}

#[tokio::test]
async fn amount_and_currency_are_required() {
    let (_stripe, client) = stand_in().await;
    let path = format!(
        "/v1/customers/{}/balance_transactions",
        client.customer().await
    );
    for (form, missing) in [
        ([("amount", "1")], "currency"),
        ([("currency", "usd")], "amount"),
    ] {
        let response = client.post(&path, &form).await;
        assert_eq!(response.error("code"), "parameter_missing");
        assert_eq!(response.error("param"), missing);
    }
    let response = client
        .post(&path, &[("amount", "1.5"), ("currency", "usd")])
        .await;
    assert_eq!(response.error("code"), "parameter_invalid_integer");
}

#[tokio::test]
async fn a_deleted_customer_is_returned_as_deleted_and_takes_no_transaction() {
    let (_stripe, client) = stand_in().await;
    let id = client.customer().await;
    let (customer, path) = (
        format!("/v1/customers/{id}"),
        format!("/v1/customers/{id}/balance_transactions"),
    );
    client.delete(&customer).await;
    let shown = client.get(&customer).await;
    assert_eq!(
        shown.json(),
        json!({ "id": id, "object": "customer", "deleted": true })
    );
    let refused = client
        .post(&path, &[("amount", "-1"), ("currency", "usd")])
        .await;
    assert_eq!(
        (refused.status, refused.error("code")),
        (404, "resource_missing".into())
    );
    assert_eq!(client.count("/v1/customers").await, 0);
}

#[tokio::test]
async fn lists_are_paged_newest_first() {
    let (_stripe, client) = stand_in().await;
    let path = format!(
        "/v1/customers/{}/balance_transactions",
        client.customer().await
    );
    for amount in ["-1", "-2", "-3"] {
        client
            .post(&path, &[("amount", amount), ("currency", "usd")])
            .await;
    }
    let first = client.get(&format!("{path}?limit=2")).await.json();
    assert_eq!(
        (&first["data"][0]["amount"], &first["has_more"]),
        (&json!(-3), &json!(true))
    );
    let last = first["data"][1]["id"].as_str().expect("an id");
    let rest = client
        .get(&format!("{path}?limit=2&starting_after={last}"))
        .await
        .json();
    assert_eq!(
        (&rest["data"][0]["amount"], &rest["has_more"]),
        (&json!(-1), &json!(false))
    );
    assert_eq!(client.get(&format!("{path}?limit=101")).await.status, 400);
}

#[tokio::test]
async fn the_email_filter_is_case_sensitive() {
    let (_stripe, client) = stand_in().await;
    for email in ["Ann@example.com", "ann@example.com", "ann@example.com"] {
        client.post("/v1/customers", &[("email", email)]).await;
    }
    for (email, number) in [
        ("Ann@example.com", 1),
        ("ann@example.com", 2),
        ("ANN@example.com", 0),
    ] {
        let found = client
            .get(&format!("/v1/customers?email={email}"))
            .await
            .json();
        assert_eq!(found["data"].as_array().map(Vec::len), Some(number));
    }
}
