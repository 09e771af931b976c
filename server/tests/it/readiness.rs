//! `/healthz` and `/readyz`.

use std::time::Duration;

use reqwest::header::CACHE_CONTROL;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use store::Pool;

use crate::support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET, given_up_after, on_both_databases};

on_both_databases!(
    it_says_why_it_is_not_ready,
    it_asks_the_database_once_in_ten_seconds,
    who_hangs_up_leaves_an_answer,
    a_silent_worker_is_noticed,
    a_worker_that_dies_again_and_again_is_noticed,
    a_tenants_stripe_is_no_part_of_it,
);

const HOLDS: Duration = Duration::from_secs(10);

async fn get(app: &TestApp, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("http://{}{path}", app.address)).await;
    let answer = answer.unwrap();
    if path == "/readyz" {
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-store");
    }
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The reasons; `None` if the process is ready.
async fn reasons(app: &TestApp) -> Option<Vec<String>> {
    let (status, text) = get(app, "/readyz").await;
    let answer: Value = serde_json::from_str(&text).unwrap();
    if status == 200 {
        assert_eq!(answer, json!({ "status": "ready" }));
        return None;
    }
    assert_eq!(status, 503, "{text}");
    assert_eq!(answer["status"], "not ready");
    let reasons = answer["reasons"].as_array().unwrap().iter();
    Some(
        reasons
            .map(|one| one.as_str().unwrap().to_owned())
            .collect(),
    )
}

async fn it_says_why_it_is_not_ready(app: TestApp) {
    let writer = app.state.db.writer();
    assert_eq!(reasons(&app).await, None);
    let step = "UPDATE seaql_migrations SET version = 'x' \
        WHERE version = 'm20261122_000001_sites'";
    writer.execute_unprepared(step).await.unwrap();
    app.advance(HOLDS);
    let why = reasons(&app).await.unwrap();
    assert!(why[0].contains("server migrate"), "{why:?}");
    let step = "UPDATE seaql_migrations SET version = 'm20261122_000001_sites' \
        WHERE version = 'x'";
    writer.execute_unprepared(step).await.unwrap();
    app.advance(HOLDS);
    assert_eq!(reasons(&app).await, None);

    // The database can be read, but not written.
    let refused = match app.state.db.pool() {
        Pool::Sqlite(_) => {
            "CREATE TRIGGER refused BEFORE UPDATE ON write_probe \
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        }
        Pool::Postgres(_) => "ALTER TABLE write_probe ADD CHECK (id = 2) NOT VALID",
    };
    writer.execute_unprepared(refused).await.unwrap();
    app.advance(HOLDS);
    let why = reasons(&app).await.unwrap();
    assert_eq!(why, ["the database cannot be read and written"]);
    assert_eq!(get(&app, "/healthz").await, (200, "ok\n".to_owned()));

    app.state.db.close().await.unwrap();
    app.advance(HOLDS);
    let why = reasons(&app).await.unwrap();
    assert_eq!(why, ["the database cannot be read and written"]);
    assert_eq!(get(&app, "/healthz").await, (200, "ok\n".to_owned()));
}

/// When the probe row was written last.
async fn written_at(app: &TestApp) -> i64 {
    let db = app.state.db.reader();
    let row = sea_orm::Statement::from_string(
        db.get_database_backend(),
        "SELECT written_at FROM write_probe",
    );
    let row = db.query_one_raw(row).await.unwrap().unwrap();
    row.try_get_by_index::<i64>(0).unwrap()
}

async fn it_asks_the_database_once_in_ten_seconds(app: TestApp) {
    let written = async || written_at(&app).await;
    assert_eq!(reasons(&app).await, None);
    let first = written().await;
    assert!(first > 0);
    for _ in 0..20 {
        assert_eq!(reasons(&app).await, None);
    }
    assert_eq!(written().await, first);
    app.advance(HOLDS);
    assert_eq!(reasons(&app).await, None);
    assert!(written().await >= first + 10_000);
}

async fn who_hangs_up_leaves_an_answer(app: TestApp) {
    let before = written_at(&app).await;
    let lock = app.state.db.begin().await.unwrap();
    lock.execute_unprepared("UPDATE write_probe SET written_at = 1")
        .await
        .unwrap();
    for _ in 0..20 {
        let reasons = services::readiness::reasons(&app.state);
        assert_eq!(given_up_after(1, reasons).await, None);
    }
    lock.rollback().await.unwrap();
    let asked = async || written_at(&app).await != before;
    crate::processes::until("the question is ended", asked).await;
    let written = written_at(&app).await;
    assert_eq!(reasons(&app).await, None);
    assert_eq!(written_at(&app).await, written, "nobody asked again");
}

async fn a_worker_that_dies_again_and_again_is_noticed(app: TestApp) {
    let began = |number: i32| {
        let name = format!("worker-{number}");
        let now = app.state.now();
        app.state.readiness.worker_began(&name, now);
    };
    for number in 0..40 {
        began(number);
        app.advance(Duration::from_secs(1));
    }
    let why = reasons(&app).await.unwrap();
    assert!(
        why[0].starts_with("no heartbeat from the worker"),
        "{why:?}"
    );

    // A worker that lived longer ends the series of short-lived ones.
    app.advance(Duration::from_secs(60));
    began(40);
    assert_eq!(reasons(&app).await, None);
}

async fn a_silent_worker_is_noticed(app: TestApp) {
    app.state
        .readiness
        .worker_began("worker-that-never-was", app.state.now());
    assert_eq!(reasons(&app).await, None, "it may still be beginning");
    app.advance(Duration::from_secs(60));
    let why = reasons(&app).await.unwrap();
    assert!(
        why[0].starts_with("no heartbeat from the worker"),
        "{why:?}"
    );

    let _working = app.start_worker();
    app.advance(HOLDS);
    let lives = async || {
        app.advance(HOLDS);
        reasons(&app).await.is_none()
    };
    crate::processes::until("the worker lives", lives).await;
}

async fn a_tenants_stripe_is_no_part_of_it(app: TestApp) {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let asked = app.stripe.requests().len();
    app.stripe.fault(
        stripe_stand_in::Fault::next(stripe_stand_in::FaultKind::Hang)
            .on("GET", "/v1/")
            .times(100),
    );
    assert_eq!(reasons(&app).await, None);
    assert_eq!(app.stripe.requests().len(), asked, "nobody asks Stripe");
}
