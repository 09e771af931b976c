//! Parameters that Stripe does not know, and ones that it misses.

use crate::{
    caller::stand_in,
    shop::{session, session_form},
};

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn unknown_parameters_are_refused_however_deep() {
    let (_stripe, caller) = stand_in().await;
    for name in [
        "payment_method_types[0]",
        "line_items[0][price_data][colour]",
        "metadata_",
    ] {
        let answer = caller
            .post(SESSIONS, &session_form("payment", &[(name, "x")]))
            .await;
        let told = name.trim_end_matches("[0]");
        assert_eq!(
            (answer.status, answer.error("code")),
            (400, "parameter_unknown".into())
        );
        assert_eq!(answer.error("param"), told);
        assert_eq!(answer.error("type"), "invalid_request_error");
    }
    assert_eq!(
        caller.get("/v1/customers?mail=a").await.error("code"),
        "parameter_unknown"
    );
    assert_eq!(caller.number_of(SESSIONS).await, 0);
}

#[tokio::test]
async fn what_stripe_needs_for_a_session_must_be_there() {
    let (_stripe, caller) = stand_in().await;
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
        let answer = caller.post(SESSIONS, &form).await;
        assert_eq!(answer.error("code"), "parameter_missing", "{needed}");
        assert_eq!(answer.error("param"), needed);
    }
}

#[tokio::test]
async fn combinations_that_stripe_refuses_are_refused() {
    let (_stripe, caller) = stand_in().await;
    let customer = caller.customer().await;
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
        let answer = caller.post(SESSIONS, &session_form(mode, more)).await;
        assert_eq!(answer.status, 400, "{mode} {more:?}");
    }
    assert_eq!(
        caller.number_of("/v1/products").await,
        0,
        "a refused call leaves nothing behind"
    );
    session(&caller, "payment", &[("customer", id)]).await;
    assert_eq!(caller.number_of("/v1/products").await, 1);
}

#[tokio::test]
async fn metadata_has_its_limits() {
    let (_stripe, caller) = stand_in().await;
    let (long, longer) = ("v".repeat(500), "v".repeat(501));
    let name = format!("metadata[{}]", "k".repeat(41));
    for (form, status) in [
        ([("metadata[k]", long.as_str())], 200),
        ([("metadata[k]", longer.as_str())], 400),
        ([(name.as_str(), "v")], 400),
    ] {
        assert_eq!(caller.post("/v1/customers", &form).await.status, status);
    }
    let names: Vec<String> = (0..51)
        .map(|number| format!("metadata[{number}]"))
        .collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), "v")).collect();
    assert_eq!(caller.post("/v1/customers", &many).await.status, 400);
    assert_eq!(caller.post("/v1/customers", &many[1..]).await.status, 200);
}

#[tokio::test]
async fn what_is_not_imitated_says_so() {
    let (_stripe, caller) = stand_in().await;
    assert_eq!(caller.get("/v1/invoices").await.status, 501);
    assert_eq!(caller.get("/v1/accounts").await.status, 404);
}
