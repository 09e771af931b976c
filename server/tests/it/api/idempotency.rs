//! Idempotency keys: a phone that lost the answer repeats its call.

use std::time::Duration;

use reqwest::Method;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, Set,
};
use serde_json::{Value, json};
use services::jobs::sweep;
use store::entities::{api_token, idempotency_key, user};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{ME, REGISTER, body_with, guides_body};
use crate::support::{TestApp, on_both_databases};

const KEY: &str = "7f0c5e0d-6a3b-4c7d-8e9f-a0b1c2d3e4f5";

on_both_databases!(
    the_same_call_gets_the_same_answer,
    at_once_it_is_done_once,
    a_call_that_was_cut_short_is_taken_up,
    a_call_that_is_taken_up_is_nobody_elses,
    a_key_belongs_to_who_sent_it_where,
    a_call_that_broke_is_taken_up,
    what_ran_out_is_swept,
);

async fn members(app: &TestApp) -> u64 {
    user::Entity::find()
        .count(app.state.db.reader())
        .await
        .unwrap()
}

async fn the_same_call_gets_the_same_answer(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    let first = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    assert_eq!(first.status, 201);
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    assert_eq!((again.status, &again.json), (201, &first.json));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(members(&app).await, 2);
    let mut phone = app.phone();
    phone.token = Some(again.text("token"));
    assert_eq!(phone.get(ME).await.status, 200);

    let row = idempotency_key::Entity::find()
        .one(app.state.db.reader())
        .await;
    let row = format!("{:?}", row.unwrap().unwrap());
    for secret in [
        KEY,
        "securepassword",
        &first.text("token"),
        "friend@example.com",
    ] {
        assert!(!row.contains(secret), "kept in clear: {secret}");
    }

    let other = body_with("email", json!("other@example.com"));
    let response = app.phone().post_once(REGISTER, KEY, &other).await;
    response.assert_problem(422, "idempotency-key-reused");
    let elsewhere = app.phone_at("coaching.localhost");
    assert_eq!(
        elsewhere.post_once(REGISTER, KEY, &other).await.status,
        201,
        "another site"
    );
    let response = app.phone().post(REGISTER, &guides_body()).await;
    response.assert_problem(409, "email-taken");
    app.advance(Duration::from_secs(24 * 60 * 60));
    let response = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    response.assert_problem(409, "email-taken");
}

async fn at_once_it_is_done_once(app: TestApp) {
    let (phone, body) = (app.phone(), guides_body());
    let calls = (0..10).map(|_| phone.post_once(REGISTER, KEY, &body));
    let answers = futures::future::join_all(calls).await;
    let done: Vec<_> = answers
        .iter()
        .filter(|response| response.status == 201)
        .collect();
    assert!(!done.is_empty());
    assert!(done.iter().all(|response| response.json == done[0].json));
    for response in answers.iter().filter(|response| response.status != 201) {
        response.assert_problem(409, "idempotency-key-in-use");
        assert_eq!(response.header("retry-after"), "1");
    }
    assert_eq!(members(&app).await, 1);
    let again = app.phone().post_once(REGISTER, KEY, &body).await;
    assert_eq!(again.json, done[0].json);
}

/// The state after a crash between the new member and the answer: the key is claimed, and its claim
/// has expired.
async fn a_call_that_was_cut_short_is_taken_up(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    let first = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    let db = app.state.db.reader();
    let row = idempotency_key::Entity::find()
        .one(db)
        .await
        .unwrap()
        .unwrap();
    let mut unanswered = row.into_active_model();
    unanswered.sealed_answer = Set(None);
    unanswered.update(db).await.unwrap();

    let response = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    response.assert_problem(409, "idempotency-key-in-use");
    app.advance(Duration::from_secs(61));
    let again = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.json["user"], first.json["user"]);
    assert_eq!(again.json["referral"], first.json["referral"]);
    assert_eq!(members(&app).await, 2);
}

/// A member who registered before the call began is somebody else, with the same password or
/// another.
async fn a_call_that_is_taken_up_is_nobody_elses(app: TestApp) {
    let before = app.phone().post(REGISTER, &guides_body()).await;
    assert_eq!(before.status, 201);
    app.advance(Duration::from_secs(1));
    let other = body_with("email", json!("other@example.com"));
    assert_eq!(
        app.phone().post_once(REGISTER, KEY, &other).await.status,
        201
    );
    let db = app.state.db.reader();
    let row = idempotency_key::Entity::find()
        .one(db)
        .await
        .unwrap()
        .unwrap();
    for (content, same) in [(guides_body(), false), (other.clone(), true)] {
        leave_unanswered(&app, &row, &content).await;
        let response = app.phone().post_once(REGISTER, KEY, &content).await;
        match same {
            true => assert_eq!(response.status, 201),
            false => response.assert_problem(409, "email-taken"),
        }
    }
}

/// The state as if the call with this content had begun when `row` did, and was cut short.
async fn leave_unanswered(app: &TestApp, row: &idempotency_key::Model, content: &Value) {
    let db = app.state.db.writer();
    idempotency_key::Entity::delete_many()
        .exec(db)
        .await
        .unwrap();
    let sent = serde_json::to_vec(content).unwrap();
    let left = idempotency_key::Model {
        fingerprint: app.state.sealer.fingerprint("idempotent call", &sent),
        claimed_until: row.created_at,
        ..row.clone()
    };
    assert!(store::idempotency_keys::insert(db, &left).await.unwrap());
}

/// Two members who send the same key with the same body each get their own answer.
async fn a_key_belongs_to_who_sent_it_where(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    app.referrer(&app.detroit, "jane@example.com", "q9wm4t2k")
        .await;
    let link = "/api/v1/me/referral-link";
    for (email, code) in [
        ("mia@example.com", "ab3kx7mn"),
        ("jane@example.com", "q9wm4t2k"),
    ] {
        let phone = app.phone_of(email).await;
        for replayed in ["", "true"] {
            let response = phone.post_once(link, KEY, &json!({})).await;
            assert_eq!(response.text("code"), code, "{email}");
            assert_eq!(response.header("idempotent-replayed"), replayed);
        }
        let response = phone
            .post_once("/api/v1/auth/logout", KEY, &json!({}))
            .await;
        assert_eq!(response.status, 204, "another address");
        let response = phone.post_once(link, KEY, &json!({})).await;
        response.assert_problem(401, "invalid-token");
        let response = phone
            .post_once("/api/v1/auth/logout", KEY, &json!({}))
            .await;
        assert_eq!(
            (
                response.status,
                response.header("idempotent-replayed").as_str()
            ),
            (204, "true")
        );
    }
}

/// A call that failed on our side is resumed by a repeated call, not begun again.
async fn a_call_that_broke_is_taken_up(app: TestApp) {
    let db = app.state.db.reader();
    let hide = "ALTER TABLE api_tokens RENAME TO hidden";
    db.execute_unprepared(hide).await.unwrap();
    let response = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    response.assert_problem(500, "broken");
    let show = "ALTER TABLE hidden RENAME TO api_tokens";
    db.execute_unprepared(show).await.unwrap();
    let here = "127.0.0.1".parse().unwrap();
    app.use_up(|| app.state.rate_limiter.check_registration(here));
    let response = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    response.assert_problem(429, "too-many-requests");
    app.advance(Duration::from_secs(60));
    let again = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    assert_eq!(again.status, 201, "{again:?}");
    assert_eq!(again.json["referral"]["reason"], "unknown_code");
    assert_eq!(members(&app).await, 1);
}

#[tokio::test]
async fn a_call_that_failed_leaves_its_key_free() {
    let app = TestApp::spawn().await;
    let wrong = body_with("first_name", json!(""));
    let response = app.phone().post_once(REGISTER, KEY, &wrong).await;
    response.assert_problem(422, "invalid-fields");
    let response = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    assert_eq!(response.status, 201, "mended, under the same key");
}

#[tokio::test]
async fn what_is_no_key() {
    let app = TestApp::spawn().await;
    for key in ["", "two words", "\u{e4}", &"x".repeat(256)] {
        let response = app.phone().post_once(REGISTER, key, &guides_body()).await;
        response.assert_problem(400, "invalid-idempotency-key");
    }
    let phone = app.phone();
    let call = phone.request(Method::POST, REGISTER).json(&guides_body());
    let call = call
        .header("Idempotency-Key", "a")
        .header("Idempotency-Key", "b");
    phone
        .send(call)
        .await
        .assert_problem(400, "invalid-idempotency-key");
    assert_eq!(members(&app).await, 0);
}

/// A body that never arrives whole is not a call.
#[tokio::test]
async fn a_call_that_is_cut_off_changes_nothing() {
    let app = TestApp::spawn().await;
    let head = format!(
        "POST {REGISTER} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: 500\r\n\r\n{{\"email\":"
    );
    let mut phone = TcpStream::connect(app.address).await.unwrap();
    phone.write_all(head.as_bytes()).await.unwrap();
    phone.shutdown().await.unwrap();
    let mut answer = String::new();
    let _ = phone.read_to_string(&mut answer).await;
    assert!(
        !answer.contains("HTTP/1.1 2") && !answer.contains("HTTP/1.1 5"),
        "{answer}"
    );
    assert_eq!(members(&app).await, 0);
}

async fn what_ran_out_is_swept(app: TestApp) {
    let response = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    assert_eq!(response.status, 201);
    let kept = async || {
        let db = app.state.db.reader();
        sweep::round(&app.state).await.unwrap();
        let keys = idempotency_key::Entity::find().count(db).await.unwrap();
        (keys, api_token::Entity::find().count(db).await.unwrap())
    };
    assert_eq!(kept().await, (1, 1));
    app.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(kept().await, (0, 1));
    app.advance(Duration::from_secs(90 * 24 * 60 * 60));
    assert_eq!(kept().await, (0, 0));
}
