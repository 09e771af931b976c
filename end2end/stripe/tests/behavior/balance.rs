//! Customer balances.

use serde_json::json;

use crate::client::stand_in;

#[tokio::test]
async fn the_first_transaction_sets_the_currency_and_other_currencies_are_refused() {
    let (_stripe, client) = stand_in().await;
    let id = client.customer().await;
    let path = format!("/v1/customers/{id}/balance_transactions");
    let entry = client
        .post(&path, &[("amount", "-500"), ("currency", "USD")])
        .await
        .json();
    assert_eq!(entry["ending_balance"], -500);
    assert_eq!(
        (&entry["type"], &entry["currency"]),
        (&json!("adjustment"), &json!("usd"))
    );
    let refused = client
        .post(&path, &[("amount", "-1"), ("currency", "eur")])
        .await;
    assert_eq!(
        (refused.status, refused.error("param")),
        (400, "currency".into())
    );
    let entry = client
        .post(&path, &[("amount", "200"), ("currency", "usd")])
        .await
        .json();
    assert_eq!(entry["ending_balance"], -300);
    let customer = client.get(&format!("/v1/customers/{id}")).await.json();
    assert_eq!(
        (&customer["balance"], &customer["currency"]),
        (&json!(-300), &json!("usd"))
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
    let entry = [("amount", "-500"), ("currency", "usd")];
    client
        .post(&format!("/v1/customers/{id}/balance_transactions"), &entry)
        .await;
    assert_eq!(credits().await, json!({ "usd": 500 }), "the opposite sign");
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
