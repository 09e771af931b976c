//! The balance of a customer.

use serde_json::json;

use crate::caller::stand_in;

#[tokio::test]
async fn the_first_entry_sets_the_currency_and_others_are_refused() {
    let (_stripe, caller) = stand_in().await;
    let id = caller.customer().await;
    let path = format!("/v1/customers/{id}/balance_transactions");
    let entry = caller
        .post(&path, &[("amount", "-500"), ("currency", "USD")])
        .await
        .json();
    assert_eq!(entry["ending_balance"], -500);
    assert_eq!(
        (&entry["type"], &entry["currency"]),
        (&json!("adjustment"), &json!("usd"))
    );
    let refused = caller
        .post(&path, &[("amount", "-1"), ("currency", "eur")])
        .await;
    assert_eq!(
        (refused.status, refused.error("param")),
        (400, "currency".into())
    );
    let entry = caller
        .post(&path, &[("amount", "200"), ("currency", "usd")])
        .await
        .json();
    assert_eq!(entry["ending_balance"], -300);
    let customer = caller.get(&format!("/v1/customers/{id}")).await.json();
    assert_eq!(
        (&customer["balance"], &customer["currency"]),
        (&json!(-300), &json!("usd"))
    );
}

#[tokio::test]
async fn amount_and_currency_are_required() {
    let (_stripe, caller) = stand_in().await;
    let path = format!(
        "/v1/customers/{}/balance_transactions",
        caller.customer().await
    );
    for (form, missing) in [
        ([("amount", "1")], "currency"),
        ([("currency", "usd")], "amount"),
    ] {
        let answer = caller.post(&path, &form).await;
        assert_eq!(answer.error("code"), "parameter_missing");
        assert_eq!(answer.error("param"), missing);
    }
    let answer = caller
        .post(&path, &[("amount", "1.5"), ("currency", "usd")])
        .await;
    assert_eq!(answer.error("code"), "parameter_invalid_integer");
}

#[tokio::test]
async fn a_deleted_customer_is_shown_as_deleted_and_takes_nothing() {
    let (_stripe, caller) = stand_in().await;
    let id = caller.customer().await;
    let (customer, path) = (
        format!("/v1/customers/{id}"),
        format!("/v1/customers/{id}/balance_transactions"),
    );
    caller.delete(&customer).await;
    let shown = caller.get(&customer).await;
    assert_eq!(
        shown.json(),
        json!({ "id": id, "object": "customer", "deleted": true })
    );
    let refused = caller
        .post(&path, &[("amount", "-1"), ("currency", "usd")])
        .await;
    assert_eq!(
        (refused.status, refused.error("code")),
        (404, "resource_missing".into())
    );
    assert_eq!(caller.number_of("/v1/customers").await, 0);
}

#[tokio::test]
async fn pages_go_from_the_newest_back() {
    let (_stripe, caller) = stand_in().await;
    let path = format!(
        "/v1/customers/{}/balance_transactions",
        caller.customer().await
    );
    for amount in ["-1", "-2", "-3"] {
        caller
            .post(&path, &[("amount", amount), ("currency", "usd")])
            .await;
    }
    let first = caller.get(&format!("{path}?limit=2")).await.json();
    assert_eq!(
        (&first["data"][0]["amount"], &first["has_more"]),
        (&json!(-3), &json!(true))
    );
    let last = first["data"][1]["id"].as_str().expect("an id");
    let rest = caller
        .get(&format!("{path}?limit=2&starting_after={last}"))
        .await
        .json();
    assert_eq!(
        (&rest["data"][0]["amount"], &rest["has_more"]),
        (&json!(-1), &json!(false))
    );
    assert_eq!(caller.get(&format!("{path}?limit=101")).await.status, 400);
}

#[tokio::test]
async fn an_e_mail_is_found_to_the_letter() {
    let (_stripe, caller) = stand_in().await;
    for email in ["Ann@example.com", "ann@example.com", "ann@example.com"] {
        caller.post("/v1/customers", &[("email", email)]).await;
    }
    for (email, number) in [
        ("Ann@example.com", 1),
        ("ann@example.com", 2),
        ("ANN@example.com", 0),
    ] {
        let found = caller
            .get(&format!("/v1/customers?email={email}"))
            .await
            .json();
        assert_eq!(found["data"].as_array().map(Vec::len), Some(number));
    }
}
