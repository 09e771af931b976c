//! SIGTERM: requests and jobs under way, of both programs, on the web and in the app, finish if
//! they finish in time. Neither work that does not finish nor work that still waits is lost.

use domain::credit::CreditState;
use std::time::{Duration, Instant};

use app::types::Outcome;
use reqwest::{
    Method, RequestBuilder, Response,
    header::{ACCEPT, LOCATION},
};
use serde_json::{Value, json};
use store::entities::user;
use stripe_stand_in::FaultKind::Hang;
use tokio::{net::TcpStream, task::JoinHandle};

use super::{
    call::{CHECKOUT, LOOK, POST},
    program::Process,
    scene::until,
};
use crate::support::{PLATFORM_KEY, STRIPE_KEY, TestApp, on_both_databases, purchase_in};

on_both_databases!(
    what_is_under_way_ends_well,
    what_a_phone_left_behind_ends_well,
    what_does_not_end_is_cut_off_and_done_later,
    what_waits_is_done_by_the_next,
);

const PURCHASES: &str = "/api/v1/purchases";
/// How long a stop waits for requests and jobs.
const BOUND: Duration = Duration::from_secs(15);

/// Jane waits on the web and Max in the app for a Checkout session, Kim for that of a plan, and
/// jobs wait for Stripe to accept Mia's and Jordan's credits.
struct UnderWay {
    mia: user::Model,
    process: Process,
    browser: Sent,
    phone: Sent,
    kim: Sent,
}

type Sent = JoinHandle<reqwest::Result<Response>>;

async fn under_way(app: &mut TestApp) -> UnderWay {
    let (referred, platform) = app.both_paid().await;
    app.member(&app.detroit, "Max", "max@example.com").await;
    for (key, pages) in [(STRIPE_KEY, 2), (PLATFORM_KEY, 1)] {
        app.stripe.fault(POST.fault(Hang, key));
        app.stripe.fault(CHECKOUT.fault(Hang, key).times(pages));
    }
    let process = app.serve(&[]).await;
    let jane = app.signed_in("jane@example.com").await;
    let phone = app.phone_of("max@example.com").await;
    let kim = app.browser_at("pewpros.localhost");
    kim.get(&format!("/pricing?ref={}", platform.jordan.code))
        .await;
    let send = |request: RequestBuilder| tokio::spawn(request.send());
    let ticket = referred.ticket.id;
    let fields = [("product_id", &*ticket.to_string()), ("page", "/")];
    let form = jane.form("buy", &fields);
    let browser = send(form.header(ACCEPT, "application/json"));
    let bought = phone.request(Method::POST, PURCHASES);
    let phone = send(bought.json(&json!({ "product_id": ticket })));
    let kim = send(kim.pressing("/pricing/checkout?plan=annual"));
    for (key, pages) in [(STRIPE_KEY, 2), (PLATFORM_KEY, 1)] {
        POST.received(app, key, 1).await;
        CHECKOUT.received(app, key, pages).await;
    }
    UnderWay {
        mia: referred.mia,
        process,
        browser,
        phone,
        kim,
    }
}

async fn answer(sent: Sent) -> Response {
    sent.await.unwrap().unwrap()
}

async fn what_is_under_way_ends_well(mut app: TestApp) {
    let under_way = under_way(&mut app).await;
    let told = Instant::now();
    under_way.process.terminate();
    let refused = async || TcpStream::connect(app.address).await.is_err();
    until("nobody else is let in", refused).await;
    app.stripe.release_hung();
    let browser: Outcome = answer(under_way.browser).await.json().await.unwrap();
    let Outcome::Go(first) = browser else {
        panic!("{browser:?}");
    };
    let phone: Value = answer(under_way.phone).await.json().await.unwrap();
    let second = phone["checkout_url"].as_str().expect("a page").to_owned();
    let kim = answer(under_way.kim).await;
    let third = kim.headers()[LOCATION].to_str().unwrap().to_owned();
    under_way.process.succeeds().await;
    assert!(told.elapsed() < BOUND, "{:?}", told.elapsed());
    app.take_back().await;
    app.assert_both_credited_once(&under_way.mia).await;
    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    let sessions = sessions.as_array().unwrap();
    for page in [first, second] {
        let session = sessions.iter().find(|session| session["url"] == page);
        let session = session.unwrap_or_else(|| panic!("{page}: {sessions:?}"));
        let begun = app.purchase(purchase_in(session)).await;
        assert_eq!(begun.checkout_session_id.as_deref(), session["id"].as_str());
    }
    assert_eq!(app.platform_objects("sessions")[0]["url"], third);
}

/// Jane's app hangs up while Stripe creates the Checkout session, and finds it after the stop.
async fn what_a_phone_left_behind_ends_well(mut app: TestApp) {
    const KEY: &str = "7f0c5e0d-6a3b-4c7d-8e9f-a0b1c2d3e4f5";
    let referred = app.referred().await;
    app.stripe.fault(CHECKOUT.fault(Hang, STRIPE_KEY));
    let process = app.serve(&[]).await;
    let phone = app.phone_of("jane@example.com").await;
    let order = json!({ "product_id": referred.ticket.id });
    let lost = phone.post_once(PURCHASES, KEY, &order);
    tokio::select! {
        told = lost => panic!("{told:?}"),
        () = CHECKOUT.received(&app, STRIPE_KEY, 1) => {}
    }
    process.terminate();
    let refused = async || TcpStream::connect(app.address).await.is_err();
    until("nobody else is let in", refused).await;
    app.stripe.release_hung();
    process.succeeds().await;
    let process = app.serve_again(&[]).await;
    let told = phone.post_once(PURCHASES, KEY, &order).await;
    assert_eq!(told.status, 201, "{told:?}");
    assert_eq!(told.header("idempotent-replayed"), "true");
    process.kill().await;
}

async fn what_does_not_end_is_cut_off_and_done_later(mut app: TestApp) {
    let under_way = under_way(&mut app).await;
    let told = Instant::now();
    under_way.process.terminate();
    under_way.process.succeeds().await;
    let took = told.elapsed();
    // This is before the time-out of the call to Stripe, 20 seconds after it was sent.
    let soon = BOUND..BOUND + Duration::from_secs(4);
    assert!(soon.contains(&took), "{took:?}");
    for sent in [under_way.browser, under_way.phone, under_way.kim] {
        assert!(sent.await.unwrap().is_err(), "who waited was answered");
    }
    app.stripe.release_hung();
    app.stripe.wait_until_requests_finish().await.unwrap();
    app.take_back().await;
    for credit in app.credits().await {
        assert_eq!(credit.state.code(), "due");
    }
    app.go_on().await;
    app.assert_both_credited_once(&under_way.mia).await;
}

async fn what_waits_is_done_by_the_next(mut app: TestApp) {
    /// As many jobs as a process runs at once.
    const AT_ONCE: usize = 32;
    /// More jobs than it takes from the queue at once.
    const MANY: usize = 48;
    let mut referred = app.referred().await;
    for _ in 0..MANY {
        app.refer_anew(&mut referred).await;
        app.sell(&referred).await;
    }
    let hang = LOOK.fault(Hang, STRIPE_KEY);
    app.stripe.fault(hang.times(AT_ONCE as u32));
    let before = LOOK.times(&app, STRIPE_KEY);
    let process = app.serve(&[]).await;
    LOOK.received(&app, STRIPE_KEY, before + AT_ONCE).await;
    process.terminate();
    process.says("stopping").await;
    app.stripe.release_hung();
    process.succeeds().await;
    assert!(POST.times(&app, STRIPE_KEY) < MANY, "none waits");

    let process = app.serve_again(&[]).await;
    POST.received(&app, STRIPE_KEY, MANY).await;
    process.terminate();
    process.succeeds().await;
    app.take_back().await;
    let credits = app.credits().await;
    assert_eq!(credits.len(), MANY);
    let issued = credits
        .iter()
        .all(|credit| credit.state == CreditState::Issued);
    assert!(issued, "{credits:?}");
    assert_eq!(app.balance_transactions().len(), MANY);
    app.assert_nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_ends_its_job() {
    let Some(mut app) = TestApp::on_postgres().await else {
        return;
    };
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.stripe.fault(POST.fault(Hang, STRIPE_KEY));
    app.hand_over().await;
    let worker = Process::start(&app.state.config, &["worker"]);
    POST.received(&app, STRIPE_KEY, 1).await;
    worker.terminate();
    worker.says("stopping").await;
    app.stripe.release_hung();
    worker.succeeds().await;
    app.take_back().await;
    app.assert_credited_once(&referred.mia).await;
}
