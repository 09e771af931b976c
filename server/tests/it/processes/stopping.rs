//! SIGTERM: what is under way ends well if it ends in time; what does not, and what waits, is lost by
//! nobody.

use std::time::{Duration, Instant};

use app::types::Outcome;
use reqwest::{Response, header::ACCEPT};
use server::db::entities::user;
use stripe_stand_in::FaultKind::Hang;
use tokio::{net::TcpStream, task::JoinHandle};

use super::{
    call::{CHECKOUT, LOOK, POST},
    program::Process,
    scene::until,
};
use crate::support::{STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    what_is_under_way_ends_well,
    what_does_not_end_is_cut_off_and_done_later,
    what_waits_is_done_by_the_next,
);

/// How long a stop waits for requests and jobs.
const BOUND: Duration = Duration::from_secs(15);

/// Jane waits for Stripe's page to pay on, and a job for Stripe to take Mia's credit.
struct UnderWay {
    mia: user::Model,
    process: Process,
    jane: JoinHandle<reqwest::Result<Response>>,
}

async fn under_way(app: &mut TestApp) -> UnderWay {
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.stripe.fault(POST.fault(Hang, STRIPE_KEY));
    app.stripe.fault(CHECKOUT.fault(Hang, STRIPE_KEY));
    let process = app.serve(&[]).await;
    let jane = app.browser();
    jane.sign_in("jane@example.com").await;
    let ticket = referred.ticket.id.to_string();
    let fields = [("product_id", ticket.as_str()), ("page", "/")];
    let form = jane.form("buy", &fields).header(ACCEPT, "application/json");
    let jane = tokio::spawn(form.send());
    for call in [POST, CHECKOUT] {
        call.received(app, STRIPE_KEY, 1).await;
    }
    let mia = referred.mia;
    UnderWay { mia, process, jane }
}

async fn what_is_under_way_ends_well(mut app: TestApp) {
    let UnderWay { mia, process, jane } = under_way(&mut app).await;
    let told = Instant::now();
    process.terminate();
    let refused = async || TcpStream::connect(app.address).await.is_err();
    until("nobody else is let in", refused).await;
    app.stripe.release_hung();
    let answer: Outcome = jane.await.unwrap().unwrap().json().await.unwrap();
    assert!(
        matches!(&answer, Outcome::Go(page) if page.starts_with(&app.stripe.base_url)),
        "{answer:?}"
    );
    process.succeeds().await;
    assert!(told.elapsed() < BOUND, "{:?}", told.elapsed());
    app.take_back().await;
    app.assert_credited_once(&mia).await;
    let books = app.stripe.books(STRIPE_KEY, None);
    let session = &books["sessions"][0];
    let begun = session["metadata"]["purchase_id"].as_str().unwrap();
    let begun = app.purchase(begun.parse().unwrap()).await;
    assert_eq!(begun.checkout_session_id.as_deref(), session["id"].as_str());
}

async fn what_does_not_end_is_cut_off_and_done_later(mut app: TestApp) {
    let UnderWay { mia, process, jane } = under_way(&mut app).await;
    let told = Instant::now();
    process.terminate();
    process.succeeds().await;
    let took = told.elapsed();
    // Before Stripe's own time is up, 20 seconds after it was asked.
    let soon = BOUND..BOUND + Duration::from_secs(4);
    assert!(soon.contains(&took), "{took:?}");
    assert!(jane.await.unwrap().is_err(), "she was answered");
    app.stripe.release_hung();
    app.stripe.quiet().await.unwrap();
    app.take_back().await;
    assert_eq!(app.credits().await[0].state, "due");
    app.go_on().await;
    app.assert_credited_once(&mia).await;
}

async fn what_waits_is_done_by_the_next(mut app: TestApp) {
    /// As many as a process does at once.
    const AT_ONCE: usize = 16;
    /// More than it takes from the queue at once.
    const MANY: usize = 24;
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
    let issued = credits.iter().all(|credit| credit.state == "issued");
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
