//! A phone hangs up before it has its answer: its call is still done, and a repeated call gets the
//! answer.

use std::{net::SocketAddr, time::Duration};

use axum::{body::Body, extract::ConnectInfo, http::Request};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use store::entities::{idempotency_key, user};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use web::router::router;

use super::{REGISTER, guides_body};
use crate::support::{ApiResponse, Phone, TestApp, given_up_after, on_both_databases};

on_both_databases!(while_it_registers, at_any_step);

const KEY: &str = "7f0c5e0d-6a3b-4c7d-8e9f-a0b1c2d3e4f5";
const LINK: &str = "/api/v1/me/referral-link";
const PATIENCE: Duration = Duration::from_secs(30);

async fn while_it_registers(app: TestApp) {
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
    calls(&app, 1, false).await;
    drop(lost);
    calls(&app, 1, true).await;
    let again = app.phone().post_once(REGISTER, KEY, &guides_body()).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let members = user::Entity::find().count(app.state.db.reader()).await;
    assert_eq!(members.unwrap(), 1);
}

/// Waits until this many calls are answered or, if not `answered`, begun.
async fn calls(app: &TestApp, number: u64, answered: bool) {
    let there = async {
        while count(app, answered).await < number {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, there).await.unwrap();
}

async fn count(app: &TestApp, answered: bool) -> u64 {
    let calls = idempotency_key::Entity::find();
    let answer = idempotency_key::Column::SealedAnswer;
    let calls = match answered {
        true => calls.filter(answer.is_not_null()),
        false => calls,
    };
    calls.count(app.state.db.reader()).await.unwrap()
}

/// The server drops a request when the phone hangs up: here after it was polled once, then twice,
/// and so on, until the work is finished.
async fn at_any_step(app: TestApp) {
    let phone = phone_of_mia(&app).await;
    let mut steps = 0;
    loop {
        steps += 1;
        let key = format!("{KEY}-{steps}");
        let ended = given_up_after(steps, in_process(&app, &phone, &key)).await;
        let response = ask_again(&app, &phone, &key).await;
        assert_eq!(
            (response.status, response.text("code").as_str()),
            (200, "ab3kx7mn")
        );
        if ended == Some(200) {
            return assert_eq!(response.header("idempotent-replayed"), "true");
        }
        assert_eq!(ended, None);
        app.advance(Duration::from_secs(1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgres_is_claiming_its_key() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let phone = phone_of_mia(&app).await;
    let nobody_claims = app.state.db.begin().await.unwrap();
    let lock = "LOCK TABLE idempotency_keys IN SHARE MODE";
    nobody_claims.execute_unprepared(lock).await.unwrap();
    tokio::select! {
        status = in_process(&app, &phone, KEY) => panic!("{status} without a claim"),
        () = app.somebody_waits_for("idempotency_keys") => {}
    }
    nobody_claims.rollback().await.unwrap();
    calls(&app, 1, true).await;
    assert_eq!(ask_again(&app, &phone, KEY).await.status, 200);
}

async fn phone_of_mia(app: &TestApp) -> Phone {
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    app.phone_of("mia@example.com").await
}

/// The status of Mia's call for her link, made without a connection. Dropping the future drops the
/// request as the server does.
async fn in_process(app: &TestApp, phone: &Phone, key: &str) -> u16 {
    let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000)));
    let token = phone.token.as_ref().unwrap();
    let call = Request::post(format!("{}{LINK}", phone.origin))
        .header("Host", format!("localhost:{}", app.address.port()))
        .header("Authorization", format!("Bearer {token}"))
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", key)
        .extension(peer)
        .body(Body::from("{}"))
        .unwrap();
    let router = router(app.state.clone(), CancellationToken::new()).unwrap();
    let answer = router.oneshot(call).await.unwrap();
    answer.status().as_u16()
}

/// The answer to a repeated call, once no earlier call is running any more.
async fn ask_again(app: &TestApp, phone: &Phone, key: &str) -> ApiResponse {
    loop {
        calls(app, count(app, false).await, true).await;
        let response = phone.post_once(LINK, key, &json!({})).await;
        if response.status != 409 {
            return response;
        }
        response.assert_problem(409, "idempotency-key-in-use");
    }
}
