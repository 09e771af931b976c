//! `DELETE /api/v1/me` (`docs/rules.md` 101).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ApiResponse, PASSWORD, Phone, TestApp, on_both_databases};

on_both_databases!(
    an_app_deletes_the_account,
    it_says_how_much_credit_is_lost,
    it_needs_the_password,
);

const ME: &str = "/api/v1/me";

async fn delete(phone: &Phone, body: Value) -> ApiResponse {
    phone
        .send(phone.request(Method::DELETE, ME).json(&body))
        .await
}

async fn an_app_deletes_the_account(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let phone = app.phone_of("mia@example.com").await;
    let deleted = delete(&phone, json!({ "password": PASSWORD })).await;
    assert_eq!(deleted.status, 204, "{deleted:?}");
    assert_eq!(phone.get(ME).await.status, 401);
    let again = delete(&phone, json!({ "password": PASSWORD })).await;
    again.assert_problem(401, "invalid-token");
    app.run_jobs().await;
    assert!(app.is_deleted(&mia).await);
}

async fn it_says_how_much_credit_is_lost(app: TestApp) {
    let referred = app.referred().await;
    app.give_balance(&referred.mia, "cus_mia", 1250).await;
    let phone = app.phone_of("mia@example.com").await;
    for cents in [Value::Null, json!(0), json!(1249)] {
        let body = json!({ "password": PASSWORD, "forfeit_credit_cents": cents });
        let refused = delete(&phone, body).await;
        refused.assert_problem(409, "credit-not-confirmed");
        let detail = refused.text("detail");
        assert!(
            detail.contains("$12.50") && detail.contains("1250"),
            "{detail}"
        );
    }
    let text = json!({ "password": PASSWORD, "forfeit_credit_cents": "1250" });
    let refused = delete(&phone, text).await;
    assert_eq!(
        (refused.status, refused.fields()),
        (422, vec!["forfeit_credit_cents"])
    );
    let body = json!({ "password": PASSWORD, "forfeit_credit_cents": 1250 });
    assert_eq!(delete(&phone, body).await.status, 204);
    app.run_jobs().await;
    assert!(app.is_deleted(&referred.mia).await);
}

async fn it_needs_the_password(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.admin(&app.detroit, "dana@example.com").await;
    let phone = app.phone_of("mia@example.com").await;
    for password in [Value::Null, json!(""), json!(7), json!("a guess")] {
        let refused = delete(&phone, json!({ "password": password })).await;
        assert_eq!((refused.status, refused.fields()), (422, vec!["password"]));
    }
    let staff = app.phone_of("dana@example.com").await;
    let refused = delete(&staff, json!({ "password": PASSWORD })).await;
    refused.assert_problem(409, "still-staff");
    assert_eq!(app.row_of(&mia).await.deletion_requested_at, None);
}
