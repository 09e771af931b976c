//! A process is killed between two steps of ours while Stripe delivers that somebody paid
//! (PostgreSQL). Stripe delivers again what was not answered.

use reqwest::RequestBuilder;

use super::gate::{
    Fate, Gate,
    Stop::{self, AtCommit, Before},
};
use crate::support::{
    PLATFORM_SECRET, TestApp, WEBHOOK_SECRET, event, session, signature, subscription,
};

const COMPLETED: &str = "checkout.session.completed";
const IDS: [&str; 2] = ["evt_tenant", "evt_platform"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written() {
    let tenant = Before("UPDATE OF state ON purchases");
    let platform = Before("UPDATE OF state ON platform_purchases");
    dies(&[tenant, platform], [0, 0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_purchase_is_paid_and_the_event_is_not_stored() {
    dies(&[Before("INSERT ON stripe_events")], [0, 0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_it_is_committed() {
    dies(&[AtCommit("INSERT ON stripe_events")], [0, 1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_event_is_stored_and_not_committed() {
    dies(&[Before("INSERT ON apalis.jobs")], [0, 0]).await;
}

/// A friend and a subscriber have paid, and the deliveries of both events are at the gate when the
/// process is killed. `stored` is how often each event is stored then.
async fn dies(stops: &[Stop], stored: [u64; 2]) {
    for (fate, stored) in Fate::EACH.into_iter().zip(stored) {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let referred = app.referred().await;
        let platform = app.platform().await;
        app.open_purchase(&referred, "cs_1").await;
        let code = Some(platform.jordan.code.as_str());
        let subscribed = subscription("cs_2", &platform.pewpros, "kim@example.com", code);
        let [tenant, brands] = IDS;
        let bought = event(tenant, COMPLETED, session("cs_1", "paid"));
        let subscribed = event(brands, COMPLETED, subscribed);
        let tell = |app: &TestApp| {
            [
                delivery(app, &referred.webhook, WEBHOOK_SECRET, &bought),
                delivery(app, &platform.webhook, PLATFORM_SECRET, &subscribed),
            ]
        };
        let process = app.serve(&["--no-worker"]).await;
        let mut gate = Gate::shut(&app.state.config.database_url, stops).await;
        let told = tell(&app).map(|delivery| tokio::spawn(delivery.send()));
        gate.reached(2).await;
        process.kill().await;
        gate.open(fate).await;
        for answer in told {
            assert!(answer.await.unwrap().is_err(), "the dead do not answer");
        }
        app.take_back().await;
        for id in IDS {
            assert_eq!(app.stored_as(id).await, stored, "{id} {fate:?}");
        }
        let jobs = app.waiting_jobs().await.len() as u64;
        // How the new plan stands is read too.
        assert_eq!(
            jobs,
            3 * stored,
            "what each event asks for, committed with it"
        );
        let process = app.serve_again(&["--no-worker"]).await;
        for delivery in tell(&app) {
            assert_eq!(delivery.send().await.unwrap().status(), 200);
        }
        process.kill().await;
        app.go_on().await;
        app.assert_both_credited_once(&referred.mia).await;
        for id in IDS {
            assert_eq!(app.stored_as(id).await, 1, "{id} {fate:?}");
        }
    }
}

/// A delivery as Stripe sends it, signed now.
fn delivery(app: &TestApp, webhook: &str, secret: &str, body: &str) -> RequestBuilder {
    let header = signature(secret, app.state.clock.now().unix_timestamp(), body);
    reqwest::Client::new()
        .post(format!("http://{}{webhook}", app.address))
        .header("stripe-signature", header)
        .body(body.to_owned())
}
