//! Unknown and missing parameters.

use crate::{
    client::stand_in,
    session::{session, session_form},
};

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn unknown_parameters_are_refused_at_any_depth() {
    let (_stripe, client) = stand_in().await;
    for name in [
        "payment_method_types[0]",
        "line_items[0][price_data][color]",
        "metadata_",
    ] {
        let response = client
            .post(SESSIONS, &session_form("payment", &[(name, "x")]))
            .await;
        let error = name.trim_end_matches("[0]");
        assert_eq!(
            (response.status, response.error("code")),
            (400, "parameter_unknown".into())
        );
        assert_eq!(response.error("param"), error);
        assert_eq!(response.error("type"), "invalid_request_error");
    }
    assert_eq!(
        client.get("/v1/customers?mail=a").await.error("code"),
        "parameter_unknown"
    );
    assert_eq!(client.count(SESSIONS).await, 0);
}

#[tokio::test]
async fn required_session_parameters_are_checked() {
    let (_stripe, client) = stand_in().await;
    let full = session_form("payment", &[]);
    for needed in [
        "mode",
        "success_url",
        "line_items[0][price_data][currency]",
        "line_items[0][quantity]",
    ] {
        let form: Vec<_> = full
            .iter()
            .filter(|(name, _)| *name != needed)
            .copied()
            .collect();
        let response = client.post(SESSIONS, &form).await;
        assert_eq!(response.error("code"), "parameter_missing", "{needed}");
        assert_eq!(response.error("param"), needed);
    }
}

#[tokio::test]
async fn parameter_combinations_that_stripe_refuses_are_refused() {
    let (_stripe, client) = stand_in().await;
    let customer = client.customer().await;
    let id = customer.as_str();
    let cases: [(&str, &[(&str, &str)]); 9] = [
        ("payment", &[("customer", id), ("customer_email", "a@b.cc")]),
        ("payment", &[("customer", "cus_none")]),
        ("payment", &[("customer_email", "nobody")]),
        ("payment", &[("subscription_data[metadata][a]", "b")]),
        (
            "payment",
            &[("line_items[0][price_data][recurring][interval]", "month")],
        ),
        (
            "payment",
            &[("line_items[0][price_data][unit_amount]", "49")],
        ),
        ("payment", &[("expires_at", "1")]),
        ("subscription", &[("payment_intent_data[metadata][a]", "b")]),
        ("subscription", &[("customer_creation", "always")]),
    ];
    for (mode, more) in cases {
        let response = client.post(SESSIONS, &session_form(mode, more)).await;
        assert_eq!(response.status, 400, "{mode} {more:?}");
    }
    assert_eq!(
        client.count("/v1/products").await,
        0,
        "a refused call leaves nothing behind"
    );
    session(&client, "payment", &[("customer", id)]).await;
    assert_eq!(client.count("/v1/products").await, 1);
}

#[tokio::test]
async fn metadata_limits_are_enforced() {
    let (_stripe, client) = stand_in().await;
    let (long, longer) = ("v".repeat(500), "v".repeat(501));
    let name = format!("metadata[{}]", "k".repeat(41));
    for (form, status) in [
        ([("metadata[k]", long.as_str())], 200),
        ([("metadata[k]", longer.as_str())], 400),
        ([(name.as_str(), "v")], 400),
    ] {
        assert_eq!(client.post("/v1/customers", &form).await.status, status);
    }
    let names: Vec<String> = (0..51)
        .map(|number| format!("metadata[{number}]"))
        .collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), "v")).collect();
    assert_eq!(client.post("/v1/customers", &many).await.status, 400);
    assert_eq!(client.post("/v1/customers", &many[1..]).await.status, 200);
}

#[tokio::test]
async fn unsupported_operations_return_501_and_unknown_urls_404() {
    let (_stripe, client) = stand_in().await;
    for path in [
        "/v1/invoices/in_1/pay",
        "/v1/invoices/in_1/void",
        "/v1/payment_intents/pi_1/cancel",
    ] {
        let response = client.post(path, &[]).await;
        let error = (response.status, response.error("type"));
        assert_eq!(error, (501, "api_error".into()), "{path}");
    }
    let unknown = client.get("/v1/accounts").await;
    let error = (unknown.status, unknown.error("type"));
    assert_eq!(error, (404, "invalid_request_error".into()));
}
