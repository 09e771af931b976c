//! A process is killed between "Get Started" and Stripe's page: the referral code is not lost, and
//! a payment on the page that the prospect sees earns the platform referrer one credit.

use reqwest::Response;
use stripe_stand_in::{
    Endpoint,
    FaultKind::{self, Hang, HangAfter},
    PaymentStatus,
};
use tokio::task::JoinHandle;

use super::{
    call::CHECKOUT,
    gate::{Fate, Gate, Stop::Before},
};
use crate::support::{
    Browser, PLATFORM_KEY, PLATFORM_SECRET, Platform, TestApp, on_both_databases,
};

on_both_databases!(before_stripe_makes_the_page, after_stripe_made_the_page);

const GET_STARTED: &str = "/pricing/checkout?plan=annual";

async fn before_stripe_makes_the_page(app: TestApp) {
    dies_at_stripe(app, Hang).await;
}

async fn after_stripe_made_the_page(app: TestApp) {
    dies_at_stripe(app, HangAfter).await;
}

async fn dies_at_stripe(mut app: TestApp, kind: FaultKind) {
    let platform = app.platform().await;
    let process = app.serve(&[]).await;
    let kim = brought_by_jordan(&app, &platform).await;
    app.stripe.fault(CHECKOUT.fault(kind, PLATFORM_KEY));
    let sent = press(&kim);
    CHECKOUT.received(&app, PLATFORM_KEY, 1).await;
    if kind == HangAfter {
        CHECKOUT.done(&app, PLATFORM_KEY).await;
    }
    process.kill().await;
    app.stripe.release_hung();
    app.stripe.wait_until_requests_finish().await.unwrap();
    assert!(sent.await.unwrap().is_err(), "the dead do not answer");
    tries_again_and_pays(app, &platform, &kim).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_made_and_not_remembered() {
    for fate in Fate::EACH {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let platform = app.platform().await;
        let process = app.serve(&[]).await;
        let kim = brought_by_jordan(&app, &platform).await;
        let stops = [Before("UPDATE OF session_id ON checkout_sessions")];
        let mut gate = Gate::shut(&app.state.config.database_url, &stops).await;
        let sent = press(&kim);
        gate.reached(1).await;
        process.kill().await;
        gate.open(fate).await;
        assert!(sent.await.unwrap().is_err(), "the dead do not answer");
        tries_again_and_pays(app, &platform, &kim).await;
    }
}

async fn brought_by_jordan(app: &TestApp, platform: &Platform) -> Browser {
    let kim = app.browser_at("pewpros.localhost");
    let link = format!("/pricing?ref={}", platform.jordan.code);
    assert_eq!(kim.get(&link).await.status, 200);
    kim
}

/// Presses "Get Started"; an answer may never come.
fn press(kim: &Browser) -> JoinHandle<reqwest::Result<Response>> {
    tokio::spawn(kim.pressing(GET_STARTED).send())
}

/// The program starts again. Kim presses once more, and pays on the page that she gets.
async fn tries_again_and_pays(mut app: TestApp, platform: &Platform, kim: &Browser) {
    let process = app.serve_again(&[]).await;
    let page = kim.press(GET_STARTED).await;
    let url = page.header("location");
    let sessions = app.platform_objects("sessions");
    let hers = sessions.iter().find(|session| session["url"] == url);
    let session = hers.unwrap_or_else(|| panic!("{url} is none of {sessions:?}"));
    let code = &platform.jordan.code;
    assert_eq!(session["metadata"]["referral_code"], code.as_str());
    let webhook = format!("http://{}{}", app.address, platform.webhook);
    app.stripe
        .register_endpoint(Endpoint::new(PLATFORM_KEY, &webhook, PLATFORM_SECRET));
    let id = session["id"].as_str().unwrap();
    app.stripe
        .complete(id, PaymentStatus::Paid, Some("kim@example.com"))
        .unwrap();
    let told = app
        .stripe
        .wait_until_delivered(PLATFORM_KEY, "checkout.session.completed", 1);
    told.await.unwrap();
    process.kill().await;
    app.take_back().await;
    app.go_on().await;
    app.assert_partner_credited_once().await;
}
