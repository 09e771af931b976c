//! Codes beside sentences, and numbers beside lists: what an app says in its own words (`docs/rules.md` 208 to 210).

use serde_json::{Value, json};

use super::{LOGIN, REGISTER, body_with};
use crate::support::{TestApp, on_both_databases};

const SUMMARY: &str = "/api/v1/me/referrals/summary";

on_both_databases!(
    each_mistake_has_a_code,
    a_referral_and_its_notification_have_codes_and_are_added_up,
);

async fn each_mistake_has_a_code(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let phone = app.phone();
    for (field, value, code) in [
        ("email", json!(null), "required"),
        ("email", json!("friend"), "malformed"),
        ("email", json!("mia@example.com"), "taken"),
        ("email", json!(7), "wrong_type"),
        ("password", json!(""), "required"),
        ("password", json!("short"), "too_short"),
        ("password", json!("password1"), "guessable"),
        ("password", json!("x".repeat(257)), "too_long"),
        ("first_name", json!("www.example.com"), "not_allowed"),
        ("date_of_birth", json!("1990-02-30"), "malformed"),
        ("date_of_birth", json!("2999-01-01"), "out_of_range"),
    ] {
        let refused = phone.post(REGISTER, &body_with(field, value.clone())).await;
        assert_eq!(refused.codes(), [(field, code)], "{field} {value}");
    }
    let refused = phone.post(LOGIN, &json!({ "email": " " })).await;
    let codes = [("email", "required"), ("password", "required")];
    assert_eq!(refused.codes(), codes);
    let mia = app.phone_of("mia@example.com").await;
    let refused = mia.get("/api/v1/me/referrals?limit=0&cursor=x").await;
    let codes = [("limit", "out_of_range"), ("cursor", "malformed")];
    assert_eq!(refused.codes(), codes);
    for (product, code) in [
        (json!(null), "required"),
        (json!("5"), "wrong_type"),
        (json!(999), "not_found"),
    ] {
        let refused = mia
            .post("/api/v1/purchases", &json!({ "product_id": product }))
            .await;
        assert_eq!(refused.codes(), [("product_id", code)]);
    }
    for (typed, code) in [(json!(" "), "required"), (json!(5), "wrong_type")] {
        let named = json!({ "referral_code": typed });
        let refused = mia.post("/api/v1/me/referrer", &named).await;
        assert_eq!(refused.codes(), [("referral_code", code)]);
    }
}

async fn a_referral_and_its_notification_have_codes_and_are_added_up(app: TestApp) {
    let referred = app.referred().await;
    let mia = app.phone_of("mia@example.com").await;
    let list = "/api/v1/me/referrals";
    let pending = mia.get(list).await.json["data"][0].clone();
    assert_eq!(pending["reason_code"], "awaits_purchase");
    let summary = mia.get(SUMMARY).await.json;
    assert_eq!(
        (
            &summary["joined"],
            &summary["pending"],
            &summary["credited"]
        ),
        (&json!(1), &json!(1), &json!(0))
    );
    assert_eq!(summary["earned"]["cents"], 0);
    assert_eq!(summary["available"], Value::Null);

    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    let credited = mia.get(list).await.json["data"][0].clone();
    assert_eq!(credited["status"], "credited");
    assert_eq!(credited["reason_code"], Value::Null);
    let told = mia.get("/api/v1/me/notifications").await.json;
    let told = told["data"].as_array().unwrap();
    let earned = told.iter().find(|one| one["kind"] == "credit_earned");
    assert_eq!(earned.unwrap()["referral_id"], pending["id"]);
    let read = format!("/api/v1/me/notifications/{}/read", earned.unwrap()["id"]);
    assert_eq!(mia.order(&read).await.json["kind"], "credit_earned");
    let summary = mia.get(SUMMARY).await.json;
    assert_eq!(
        (
            &summary["joined"],
            &summary["pending"],
            &summary["credited"]
        ),
        (&json!(1), &json!(0), &json!(1))
    );
    assert_eq!(summary["earned"]["cents"], 1000);
    assert_eq!(summary["available"]["cents"], 1000);
    let jane = app.phone_of("jane@example.com").await;
    assert_eq!(jane.get(SUMMARY).await.json["joined"], 0);

    let link = mia.order("/api/v1/me/referral-link").await;
    // The text says how it went; the link is the guide's to the letter.
    let text = format!("Join me at Detroit Arms: {}&via=share", link.text("link"));
    assert_eq!(link.text("share_text"), text);
    let me = mia.get("/api/v1/me").await.json;
    assert_eq!(me["referral"]["share_text"], text.as_str());
    let me = jane.get("/api/v1/me").await.json;
    assert_eq!(me["referral"]["share_text"], Value::Null);
}
