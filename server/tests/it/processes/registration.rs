//! A process is killed while somebody registers (PostgreSQL): after trying again, the person is one
//! member with one referral.

use std::{mem::replace, time::Duration};

use app::types::Outcome;
use domain::referral::ReferralStatus;
use reqwest::{Method, header::ACCEPT};
use sea_orm::EntityTrait;
use serde_json::json;
use store::entities::{referral, user};

use super::{
    gate::{
        Fate, Gate,
        Stop::{self, AtCommit, Before},
    },
    program::{ANYWHERE, Process},
};
use crate::support::{GOOD_FORM, PASSWORD, TestApp};

const CODE: &str = "ab3kx7mn";
const JANE: &str = "jane@example.com";

const NO_WORKER: &[&str] = &["--no-worker"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_member_is_written() {
    with_a_browser(Before("INSERT ON users")).await;
    with_a_phone(Before("INSERT ON users")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_the_member_and_the_referral() {
    with_a_browser(Before("INSERT ON referrals")).await;
    with_a_phone(Before("INSERT ON referrals")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_both_are_committed() {
    with_a_browser(AtCommit("INSERT ON users")).await;
    with_a_phone(AtCommit("INSERT ON users")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_new_session_takes_the_place_of_the_old() {
    with_a_browser(Before("DELETE ON sessions")).await;
    with_a_browser(Before("INSERT ON sessions")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_call_is_known() {
    with_a_phone(Before("INSERT ON idempotency_keys")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_phone_has_a_token() {
    with_a_phone(Before("INSERT ON api_tokens")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_answer_is_kept() {
    with_a_phone(Before("UPDATE OF sealed_answer ON idempotency_keys")).await;
}

/// Registers through Mia's link; then once more in the same browser, when the program has started
/// again.
async fn with_a_browser(stop: Stop) {
    for fate in Fate::EACH {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
        let process = app.serve(NO_WORKER).await;
        let jane = app.browser();
        jane.get(&format!("/?ref={CODE}")).await;
        let mut gate = Gate::shut(&app.state.config.database_url, &[stop]).await;
        let form = jane.form("register", &GOOD_FORM);
        let sent = tokio::spawn(form.header(ACCEPT, "application/json").send());
        gate.reached(1).await;
        process.kill().await;
        gate.open(fate).await;
        assert!(sent.await.unwrap().is_err(), "the dead do not answer");

        let process = app.serve_again(NO_WORKER).await;
        match jane.call("register", &GOOD_FORM).await {
            Outcome::Go(_) => {}
            Outcome::Refused(refusal) => {
                assert_eq!(refusal.fields[0].field, "email", "{refusal:?}");
                jane.sign_in(JANE).await;
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(jane.get("/dashboard").await.status, 200);
        process.kill().await;
        app.take_back().await;
        assert_registered_once(&app, &mia, &format!("{stop:?} {fate:?}")).await;
    }
}

/// Registers with Mia's code typed; then once more with the same key, when the dead process's call
/// may be resumed.
async fn with_a_phone(stop: Stop) {
    const REGISTER: &str = "/api/v1/auth/register";
    const KEY: &str = "0b5c7f6e-1d2a-4c3b-9e8f-a0b1c2d3e4f5";
    let body = json!({
        "email": JANE,
        "password": PASSWORD,
        "first_name": "Jane",
        "last_name": "Doe",
        "date_of_birth": "1990-01-15",
        "referral_code": CODE,
    });
    for fate in Fate::EACH {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
        let process = Process::serve(&app.state.config, ANYWHERE, NO_WORKER);
        let ours = replace(&mut app.address, process.address().await);
        let mut gate = Gate::shut(&app.state.config.database_url, &[stop]).await;
        let call = app.phone().request(Method::POST, REGISTER).json(&body);
        let sent = tokio::spawn(call.header("Idempotency-Key", KEY).send());
        gate.reached(1).await;
        process.kill().await;
        gate.open(fate).await;
        assert!(sent.await.unwrap().is_err(), "the dead do not answer");

        // The test's own web server uses the same database, and has a clock that can be turned.
        app.address = ours;
        app.advance(Duration::from_secs(61));
        let told = app.phone().post_once(REGISTER, KEY, &body).await;
        let case = format!("{stop:?} {fate:?}: {told:?}");
        assert_eq!(told.status, 201, "{case}");
        assert_eq!(told.json["referral"]["status"], "linked", "{case}");
        let mut phone = app.phone();
        phone.token = Some(told.text("token"));
        assert_eq!(phone.get("/api/v1/me").await.status, 200, "{case}");
        assert_registered_once(&app, &mia, &case).await;
    }
}

async fn assert_registered_once(app: &TestApp, mia: &user::Model, case: &str) {
    let members = user::Entity::find()
        .all(app.state.db.reader())
        .await
        .unwrap();
    assert_eq!(members.len(), 2, "{case}");
    let jane = app.find(&app.detroit, JANE).await.expect("a member");
    assert_eq!(jane.referred_by_user_id, Some(mia.id), "{case}");
    let referrals = referral::Entity::find().all(app.state.db.reader()).await;
    let [referral] = &referrals.unwrap()[..] else {
        panic!("{case}: not one referral")
    };
    let between = (referral.referrer_id, referral.referred_id);
    assert_eq!(between, (mia.id, jane.id), "{case}");
    assert_eq!(referral.status, ReferralStatus::Pending);
}
