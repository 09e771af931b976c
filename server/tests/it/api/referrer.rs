//! `POST /api/v1/me/referrer`: a member names who referred them (`docs/rules.md` 193).

use std::time::Duration;

use serde_json::json;
use store::sites;

use crate::support::{CODE, TestApp, on_both_databases};

on_both_databases!(
    a_code_links_once_and_a_wrong_one_changes_nothing,
    it_has_an_end_and_may_not_be_offered,
);

const REFERRER: &str = "/api/v1/me/referrer";
const KEY: &str = "0b6e7a52-0f5c-4a53-9f0b-5a8a3c1d2e4f";

async fn allow(app: &TestApp, days: i64) {
    let db = app.state.db.writer();
    sites::set_referrer_days(db, app.detroit.id(), days)
        .await
        .unwrap();
}

async fn a_code_links_once_and_a_wrong_one_changes_nothing(app: TestApp) {
    allow(&app, 7).await;
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let jane = app.phone_of("jane@example.com").await;
    for (code, reason) in [
        ("ab3kx7mm", "unknown_code"),
        ("mia@example.com", "unknown_code"),
    ] {
        let answer = jane.post(REFERRER, &json!({ "referral_code": code })).await;
        let expected = json!({ "status": "ignored", "reason": reason });
        assert_eq!((answer.status, answer.json), (200, expected), "{code}");
    }
    let own = app.phone_of("mia@example.com").await;
    let answer = own.post(REFERRER, &json!({ "referral_code": CODE })).await;
    assert_eq!(answer.json["reason"], "self_referral");
    for body in [
        json!({}),
        json!({ "referral_code": " " }),
        json!({ "referral_code": 5 }),
    ] {
        let answer = jane.post(REFERRER, &body).await;
        answer.assert_problem(422, "invalid-fields");
        assert_eq!(answer.json["errors"][0]["field"], "referral_code");
    }

    let body = json!({ "referral_code": format!("https://detroit.example/?ref={CODE}.") });
    let linked = json!({ "status": "linked", "reason": null });
    let answer = jane.post_once(REFERRER, KEY, &body).await;
    assert_eq!((answer.status, &answer.json), (200, &linked));
    let again = jane.post_once(REFERRER, KEY, &body).await;
    assert_eq!((again.status, &again.json), (200, &linked));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(app.referral().await.referrer_id, mia.id);
    let other = jane.post(REFERRER, &body).await;
    other.assert_problem(409, "already-referred");
    // Nor do two refer each other.
    let code = own.order("/api/v1/me/referral-link").await;
    assert_eq!(code.status, 200);
    let janes = jane.order("/api/v1/me/referral-link").await.text("code");
    let circle = own.post(REFERRER, &json!({ "referral_code": janes })).await;
    circle.assert_problem(409, "referrer-not-possible");
    app.run_jobs().await;
}

async fn it_has_an_end_and_may_not_be_offered(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let jane = app.phone_of("jane@example.com").await;
    let body = json!({ "referral_code": CODE });
    let answer = jane.post(REFERRER, &body).await;
    answer.assert_problem(409, "referrer-not-offered");
    allow(&app, 1).await;
    app.advance(Duration::from_secs(86_400));
    let answer = jane.post(REFERRER, &body).await;
    answer.assert_problem(409, "referrer-not-possible");
    assert!(answer.text("detail").contains("is over"), "{answer:?}");
    let visitor = app.phone().post(REFERRER, &body).await;
    visitor.assert_problem(401, "unauthenticated");
    // As many as look-ups of codes.
    let mut refused = None;
    for _ in 0..100 {
        let answer = jane.post(REFERRER, &body).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    refused.unwrap().assert_problem(429, "too-many-requests");
}
