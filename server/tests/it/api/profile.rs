//! What a member changes of their profile in the app (`docs/rules.md` 207).

use reqwest::Method;
use serde_json::{Value, json};

use super::ME;
use crate::support::{TestApp, on_both_databases};

on_both_databases!(a_member_changes_what_is_sent_and_nothing_else);

async fn a_member_changes_what_is_sent_and_nothing_else(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.phone_of("mia@example.com").await;
    let before = mia.get(ME).await.json;
    assert_eq!(before["referral_mails"], true);

    let changed = mia.patch(ME, &json!({ "first_name": " Amélie " })).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(changed.json["user"]["first_name"], "Amélie");
    assert_eq!(
        changed.json["user"]["last_name"],
        before["user"]["last_name"]
    );
    assert_eq!(changed.json["referral_mails"], true);
    let changed = json!({ "last_name": "Rivers", "first_name": null, "referral_mails": false });
    assert_eq!(mia.patch(ME, &changed).await.status, 200);
    let now = mia.get(ME).await.json;
    assert_eq!(now["user"]["first_name"], "Amélie");
    assert_eq!(now["user"]["last_name"], "Rivers");
    assert_eq!(now["referral_mails"], false);
    assert_eq!(now["user"]["email"], before["user"]["email"]);
    assert_eq!(mia.patch(ME, &json!({})).await.json["user"], now["user"]);

    let wrong = json!({ "first_name": "", "last_name": "x".repeat(81), "referral_mails": "yes" });
    let refused = mia.patch(ME, &wrong).await;
    refused.assert_problem(422, "invalid-fields");
    let codes = [
        ("first_name", "required"),
        ("last_name", "too_long"),
        ("referral_mails", "wrong_type"),
    ];
    assert_eq!(refused.codes(), codes);
    let wrong = json!({ "first_name": 7, "referral_mails": "yes" });
    let refused = mia.patch(ME, &wrong).await;
    let codes = [
        ("first_name", "wrong_type"),
        ("referral_mails", "wrong_type"),
    ];
    assert_eq!(refused.codes(), codes);
    assert_eq!(
        mia.get(ME).await.json,
        now,
        "what is refused changes nothing"
    );

    let mut nobody = app.phone();
    let refused = nobody.patch(ME, &json!({ "first_name": "X" })).await;
    refused.assert_problem(401, "unauthenticated");
    nobody.token = mia.token.clone();
    let text = nobody.request(Method::PATCH, ME).body("first_name=X");
    nobody
        .send(text)
        .await
        .assert_problem(415, "unsupported-media-type");
    app.use_up(|| app.state.rate_limiter.try_call([127, 0, 0, 1].into()));
    let refused = mia.patch(ME, &json!({ "first_name": "X" })).await;
    refused.assert_problem(429, "too-many-requests");
    assert_eq!(
        mia.get(ME).await.json["user"]["first_name"],
        Value::from("Amélie")
    );
}
