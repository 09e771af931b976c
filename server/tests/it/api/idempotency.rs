//! A phone that lost its answer asks again.

use std::time::Duration;

use reqwest::Method;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, PaginatorTrait, Set};
use serde_json::json;
use server::db::entities::{idempotency_key, user};
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
    a_phone_that_hangs_up_finds_its_answer,
);

async fn members(app: &TestApp) -> u64 {
    user::Entity::find()
        .count(app.state.db.conn())
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
        .one(app.state.db.conn())
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
    let told = app.phone().post_once(REGISTER, KEY, &other).await;
    told.assert_problem(422, "idempotency-key-reused");
    let elsewhere = app.phone_at("coaching.localhost");
    assert_eq!(
        elsewhere.post_once(REGISTER, KEY, &other).await.status,
        201,
        "another site"
    );
    let told = app.phone().post(REGISTER, &guides_body()).await;
    told.assert_problem(409, "email-taken");
    app.advance(Duration::from_secs(24 * 60 * 60));
    let told = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    told.assert_problem(409, "email-taken");
}

async fn at_once_it_is_done_once(app: TestApp) {
    let (phone, body) = (app.phone(), guides_body());
    let calls = (0..10).map(|_| phone.post_once(REGISTER, KEY, &body));
    let answers = futures::future::join_all(calls).await;
    let done: Vec<_> = answers.iter().filter(|told| told.status == 201).collect();
    assert!(!done.is_empty());
    assert!(done.iter().all(|told| told.json == done[0].json));
    for told in answers.iter().filter(|told| told.status != 201) {
        told.assert_problem(409, "idempotency-key-in-use");
        assert_eq!(told.header("retry-after"), "1");
    }
    assert_eq!(members(&app).await, 1);
    let again = app.phone().post_once(REGISTER, KEY, &body).await;
    assert_eq!(again.json, done[0].json);
}

/// As after a crash between the member and the answer: the key is claimed, and its claim ran out.
async fn a_call_that_was_cut_short_is_taken_up(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    let first = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    let db = app.state.db.conn();
    let row = idempotency_key::Entity::find()
        .one(db)
        .await
        .unwrap()
        .unwrap();
    let mut unanswered = row.into_active_model();
    unanswered.sealed_answer = Set(None);
    unanswered.update(db).await.unwrap();

    let told = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    told.assert_problem(409, "idempotency-key-in-use");
    app.advance(Duration::from_secs(61));
    let again = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.json["user"], first.json["user"]);
    assert_eq!(again.json["referral"], first.json["referral"]);
    assert_eq!(members(&app).await, 2);

    // Who was there before the call began is somebody else.
    app.member(&app.detroit, "Jane", "other@example.com").await;
    app.advance(Duration::from_secs(1));
    let taken = body_with("email", json!("other@example.com"));
    let told = app.phone().post_once(REGISTER, "another-key", &taken).await;
    told.assert_problem(409, "email-taken");
}

async fn a_phone_that_hangs_up_finds_its_answer(app: TestApp) {
    let body = guides_body().to_string();
    let head = format!(
        "POST {REGISTER} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/json\r\n\
         Idempotency-Key: {KEY}\r\nContent-Length: {}\r\n\r\n",
        app.address.port(),
        body.len()
    );
    let mut lost = TcpStream::connect(app.address).await.unwrap();
    lost.write_all(format!("{head}{body}").as_bytes())
        .await
        .unwrap();
    claimed(&app).await;
    drop(lost);
    let again = loop {
        let told = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
        if told.status != 409 {
            break told;
        }
    };
    assert_eq!(again.status, 201, "{again:?}");
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(members(&app).await, 1);
}

/// The server is at work on the call.
async fn claimed(app: &TestApp) {
    let keys = || idempotency_key::Entity::find().count(app.state.db.conn());
    while keys().await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_call_that_failed_leaves_its_key_free() {
    let app = TestApp::spawn().await;
    let wrong = body_with("first_name", json!(""));
    let told = app.phone().post_once(REGISTER, KEY, &wrong).await;
    told.assert_problem(422, "invalid-fields");
    let told = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    assert_eq!(told.status, 201, "mended, under the same key");
}

#[tokio::test]
async fn what_is_no_key() {
    let app = TestApp::spawn().await;
    for key in ["", "two words", "\u{e4}", &"x".repeat(256)] {
        let told = app.phone().post_once(REGISTER, key, &guides_body()).await;
        told.assert_problem(400, "invalid-idempotency-key");
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

/// A body that never comes whole is never a call.
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
