//! A process is killed while a purchase is begun: whatever the buyer then pays, on Stripe's pages
//! that she saw or not, her referrer gets one credit.

use std::{mem::replace, time::Duration};

use reqwest::{Method, Response, header::ACCEPT};
use serde_json::json;
use stripe_stand_in::{
    Endpoint,
    FaultKind::{self, Hang, HangAfter},
    PaymentStatus,
};
use tokio::task::JoinHandle;

use super::{
    call::CHECKOUT,
    gate::{
        Fate, Gate,
        Stop::{self, Before},
    },
    program::{ANYWHERE, Process},
};
use crate::support::{
    Browser, Referred, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases, purchase_in,
};

on_both_databases!(before_stripe_makes_the_page, after_stripe_made_the_page);

async fn before_stripe_makes_the_page(app: TestApp) {
    dies_at_stripe(app, Hang).await;
}

async fn after_stripe_made_the_page(app: TestApp) {
    dies_at_stripe(app, HangAfter).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_purchase_is_written() {
    dies_at_a_gate(Before("INSERT ON purchases")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_made_and_not_remembered() {
    dies_at_a_gate(Before("UPDATE OF checkout_session_id ON purchases")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_asked_and_the_purchase_is_not_written() {
    with_a_phone(Before("INSERT ON purchases")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_asked_and_the_page_is_not_remembered() {
    with_a_phone(Before("UPDATE OF checkout_session_id ON purchases")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_asked_and_the_answer_is_not_kept() {
    with_a_phone(Before("UPDATE OF sealed_answer ON idempotency_keys")).await;
}

/// In the mobile app; then once more with the same key, when the dead process's call may be
/// resumed. Jane pays on every page that Stripe has made by then.
async fn with_a_phone(stop: Stop) {
    const BUY: &str = "/api/v1/purchases";
    const KEY: &str = "5d0a3f1c-7b8e-4f29-8a6d-c1e2f3a4b5c6";
    for fate in Fate::EACH {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let referred = app.referred().await;
        let phone = app.phone_of("jane@example.com").await;
        let body = json!({ "product_id": referred.ticket.id });
        let process = Process::serve(&app.state.config, ANYWHERE, &["--no-worker"]);
        let ours = replace(&mut app.address, process.address().await);
        let theirs = app.phone().request(Method::POST, BUY);
        let theirs = theirs.bearer_auth(phone.token.as_deref().unwrap());
        let mut gate = Gate::shut(&app.state.config.database_url, &[stop]).await;
        let sent = tokio::spawn(theirs.json(&body).header("Idempotency-Key", KEY).send());
        gate.reached(1).await;
        process.kill().await;
        gate.open(fate).await;
        assert!(sent.await.unwrap().is_err(), "the dead do not answer");

        // The test's own web server uses the same database, and has a clock that can be turned.
        app.address = ours;
        app.advance(Duration::from_secs(61));
        let told = phone.post_once(BUY, KEY, &body).await;
        assert_eq!(told.status, 201, "{stop:?} {fate:?}: {told:?}");
        let url = told.text("checkout_url");
        let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
        let sessions = sessions.as_array().unwrap();
        let seen = sessions
            .iter()
            .any(|session| session["url"] == url.as_str());
        assert!(seen, "{url} is none of {sessions:?}");
        for session in sessions {
            let id = session["id"].as_str().unwrap();
            app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
        }
        let told = app.stripe.wait_until_delivered(
            STRIPE_KEY,
            "checkout.session.completed",
            sessions.len(),
        );
        told.await.unwrap();
        app.go_on().await;
        app.assert_credited_once(&referred.mia).await;
    }
}

async fn dies_at_stripe(mut app: TestApp, kind: FaultKind) {
    let referred = app.referred().await;
    let process = app.serve(&[]).await;
    let jane = signed_in(&app).await;
    app.stripe.fault(CHECKOUT.fault(kind, STRIPE_KEY));
    let sent = press(&jane, &referred);
    CHECKOUT.received(&app, STRIPE_KEY, 1).await;
    if kind == HangAfter {
        CHECKOUT.done(&app, STRIPE_KEY).await;
    }
    process.kill().await;
    app.stripe.release_hung();
    app.stripe.wait_until_requests_finish().await.unwrap();
    assert!(sent.await.unwrap().is_err(), "the dead do not answer");
    tries_again_and_pays(app, &referred, &jane, 1).await;
}

async fn dies_at_a_gate(stop: Stop) {
    for fate in Fate::EACH {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let referred = app.referred().await;
        let process = app.serve(&[]).await;
        let jane = signed_in(&app).await;
        let mut gate = Gate::shut(&app.state.config.database_url, &[stop]).await;
        let sent = press(&jane, &referred);
        gate.reached(1).await;
        process.kill().await;
        gate.open(fate).await;
        assert!(sent.await.unwrap().is_err(), "the dead do not answer");
        tries_again_and_pays(app, &referred, &jane, 1).await;
    }
}

async fn signed_in(app: &TestApp) -> Browser {
    let jane = app.browser();
    jane.sign_in("jane@example.com").await;
    jane
}

fn fields(ticket: &str) -> [(&str, &str); 2] {
    [("product_id", ticket), ("page", "/events/steel-challenge")]
}

/// Presses "Buy ticket"; an answer may never come.
fn press(jane: &Browser, referred: &Referred) -> JoinHandle<reqwest::Result<Response>> {
    let form = jane.form("buy", &fields(&referred.ticket.id.to_string()));
    tokio::spawn(form.header(ACCEPT, "application/json").send())
}

/// The program starts again. Jane presses once more, and pays on all the `pages` that Stripe has
/// made by then: the request of a page whose answer was lost is repeated, and a known page is
/// answered again. The program is killed again, whatever it is doing.
async fn tries_again_and_pays(mut app: TestApp, referred: &Referred, jane: &Browser, pages: usize) {
    let process = app.serve_again(&[]).await;
    let ticket = referred.ticket.id.to_string();
    let page = jane.go("buy", &fields(&ticket)).await;
    assert!(page.starts_with(&app.stripe.base_url), "{page}");
    let url = format!("http://{}{}", app.address, referred.webhook);
    app.stripe
        .register_endpoint(Endpoint::new(STRIPE_KEY, &url, WEBHOOK_SECRET));
    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    let sessions = sessions.as_array().unwrap();
    assert_eq!(sessions.len(), pages);
    for session in sessions {
        let id = session["id"].as_str().unwrap();
        app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    }
    let told = app
        .stripe
        .wait_until_delivered(STRIPE_KEY, "checkout.session.completed", pages);
    told.await.unwrap();
    process.kill().await;
    app.take_back().await;
    for session in sessions {
        let paid = app.purchase(purchase_in(session)).await;
        assert_eq!(paid.state.code(), "paid");
        assert_eq!(
            paid.checkout_session_id.as_deref(),
            session["id"].as_str(),
            "the event brought what was not remembered"
        );
    }
    app.go_on().await;
    app.assert_credited_once(&referred.mia).await;
}
