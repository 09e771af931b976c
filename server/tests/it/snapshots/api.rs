//! What the mobile API answers.

use serde_json::{Value, json};

use crate::{
    snapshots::assert_same,
    support::{ApiResponse, GOOD_FORM, TestApp, on_both_databases},
};

on_both_databases!(what_a_member_is_answered, what_a_bad_call_is_answered);

fn assert_answer(name: &str, told: &ApiResponse) {
    let body: Value = told.json.clone();
    let body = serde_json::to_string_pretty(&body).unwrap();
    assert_same!(name, format!("{}\n{body}", told.status));
}

async fn what_a_member_is_answered(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    let phone = app.phone_of("mia@example.com").await;
    for (name, path) in [
        ("api-me", "/api/v1/me"),
        ("api-credits", "/api/v1/me/credits"),
        ("api-referrals", "/api/v1/me/referrals"),
        ("api-notifications", "/api/v1/me/notifications"),
        ("api-products", "/api/v1/products"),
    ] {
        assert_answer(name, &phone.get(path).await);
    }
    let link = phone.post("/api/v1/me/referral-link", &json!({})).await;
    assert_answer("api-referral-link", &link);
    let jane = app.phone_of("jane@example.com").await;
    let buy = json!({ "product_id": referred.ticket.id.get() });
    assert_answer("api-purchase", &jane.post("/api/v1/purchases", &buy).await);
}

async fn what_a_bad_call_is_answered(app: TestApp) {
    let referred = app.referred().await;
    let phone = app.phone();
    assert_answer("api-without-token", &phone.get("/api/v1/me").await);
    assert_answer("api-no-such-path", &phone.get("/api/v1/nothing").await);
    let credentials = json!({ "email": "mia@example.com", "password": "not this one" });
    let wrong = phone.post("/api/v1/auth/login", &credentials).await;
    assert_answer("api-wrong-password", &wrong);
    let mut form: Value = GOOD_FORM
        .iter()
        .map(|(name, value)| (*name, json!(value)))
        .collect();
    form["email"] = json!("nobody");
    form["date_of_birth"] = json!("tomorrow");
    let refused = phone.post("/api/v1/auth/register", &form).await;
    assert_answer("api-registration-refused", &refused);
    let jane = app.phone_of("jane@example.com").await;
    let gone = json!({ "product_id": referred.ticket.id.get() + 999 });
    assert_answer(
        "api-no-such-product",
        &jane.post("/api/v1/purchases", &gone).await,
    );
}
