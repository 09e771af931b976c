//! A process is killed between two steps of a purchase with credit: as the credit is reserved, as it is
//! spent, and as it goes back. Nobody loses or gains any of it.

use std::time::Duration;

use reqwest::{Response, header::ACCEPT};
use stripe_stand_in::{
    Endpoint,
    FaultKind::{self, Hang, HangAfter},
    PaymentStatus,
};
use tokio::task::JoinHandle;

use super::{
    call::{CHECKOUT, Call, POST},
    gate::{
        Fate, Gate,
        Stop::{self, AtCommit, Before},
    },
    program::Process,
};
use crate::{
    purchases::spending::{
        credit_at_stripe,
        faults::{assert_all_is_back, hours_pass},
        ledger, session,
    },
    support::{
        Browser, Referred, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases, purchase_in,
    },
};

on_both_databases!(
    before_stripe_has_the_debit,
    after_stripe_has_the_debit,
    before_stripe_has_the_coupon,
    after_stripe_has_the_coupon,
    before_stripe_makes_the_page,
    after_stripe_made_the_page,
    before_stripe_has_the_return,
    after_stripe_has_the_return,
);

/// Creates the coupon that lowers the price by the credit.
const COUPON: Call = Call {
    method: "POST",
    path: "/v1/coupons",
    ending: "coupons",
    makes: Some("coupons"),
};

async fn before_stripe_has_the_debit(app: TestApp) {
    dies_at_stripe(app, Step::Reserve, POST, Hang).await;
}

async fn after_stripe_has_the_debit(app: TestApp) {
    dies_at_stripe(app, Step::Reserve, POST, HangAfter).await;
}

async fn before_stripe_has_the_coupon(app: TestApp) {
    dies_at_stripe(app, Step::Reserve, COUPON, Hang).await;
}

async fn after_stripe_has_the_coupon(app: TestApp) {
    dies_at_stripe(app, Step::Reserve, COUPON, HangAfter).await;
}

async fn before_stripe_makes_the_page(app: TestApp) {
    dies_at_stripe(app, Step::Reserve, CHECKOUT, Hang).await;
}

async fn after_stripe_made_the_page(app: TestApp) {
    dies_at_stripe(app, Step::Reserve, CHECKOUT, HangAfter).await;
}

async fn before_stripe_has_the_return(app: TestApp) {
    dies_at_stripe(app, Step::Return, POST, Hang).await;
}

async fn after_stripe_has_the_return(app: TestApp) {
    dies_at_stripe(app, Step::Return, POST, HangAfter).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reserving_as_the_debit_is_written() {
    dies_at_a_gate(Step::Reserve, Before("INSERT ON credits")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reserving_as_the_debit_is_committed() {
    dies_at_a_gate(Step::Reserve, AtCommit("INSERT ON credits")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reserving_and_what_is_sent_is_not_written_down() {
    let sending = Before("UPDATE OF first_sent_at ON credits");
    dies_at_a_gate(Step::Reserve, sending).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reserving_and_the_ledger_does_not_say_that_stripe_has_it() {
    let issued = Before("UPDATE OF issued_at ON credits");
    dies_at_a_gate(Step::Reserve, issued).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reserving_as_the_ledger_says_that_stripe_has_it() {
    let issued = AtCommit("UPDATE OF issued_at ON credits");
    dies_at_a_gate(Step::Reserve, issued).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reserving_and_the_page_is_not_remembered() {
    let page = Before("UPDATE OF session_id ON checkout_sessions");
    dies_at_a_gate(Step::Reserve, page).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spending_and_the_payment_is_not_written() {
    dies_at_a_gate(Step::Capture, Before("UPDATE OF paid_at ON purchases")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spending_as_the_payment_is_committed() {
    dies_at_a_gate(Step::Capture, AtCommit("UPDATE OF paid_at ON purchases")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returning_as_the_return_is_written() {
    dies_at_a_gate(Step::Return, Before("INSERT ON credits")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returning_as_the_return_is_committed() {
    dies_at_a_gate(Step::Return, AtCommit("INSERT ON credits")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returning_and_what_is_sent_is_not_written_down() {
    let sending = Before("UPDATE OF first_sent_at ON credits");
    dies_at_a_gate(Step::Return, sending).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returning_and_the_ledger_does_not_say_that_stripe_has_it() {
    let issued = Before("UPDATE OF issued_at ON credits");
    dies_at_a_gate(Step::Return, issued).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returning_as_the_ledger_says_that_stripe_has_it() {
    let issued = AtCommit("UPDATE OF issued_at ON credits");
    dies_at_a_gate(Step::Return, issued).await;
}

/// What the process is doing when it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Jane presses the button, with $20.00 of credit for a ticket of $45.00.
    Reserve,
    /// She paid the rest, and Stripe tells so.
    Capture,
    /// She leaves the page.
    Return,
}

async fn dies_at_stripe(mut app: TestApp, step: Step, call: Call, kind: FaultKind) {
    let scene = Scene::of(&mut app).await;
    if step != Step::Reserve {
        scene.buy().await;
    }
    let before = call.times(&app, STRIPE_KEY);
    app.stripe.fault(call.fault(kind, STRIPE_KEY));
    let sent = scene.begin(&app, step);
    call.received(&app, STRIPE_KEY, before + 1).await;
    if kind == HangAfter {
        call.done(&app, STRIPE_KEY).await;
    }
    scene.process.kill().await;
    app.stripe.release_hung();
    app.stripe.wait_until_requests_finish().await.unwrap();
    assert_no_answer(sent).await;
    app.take_back().await;
    assert_is_finished(&app, step, &format!("{kind:?} at {call:?}")).await;
}

async fn dies_at_a_gate(step: Step, stop: Stop) {
    for fate in Fate::EACH {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let scene = Scene::of(&mut app).await;
        if step != Step::Reserve {
            scene.buy().await;
        }
        let mut gate = Gate::shut(&app.state.config.database_url, &[stop]).await;
        let sent = scene.begin(&app, step);
        gate.reached(1).await;
        scene.process.kill().await;
        gate.open(fate).await;
        assert_no_answer(sent).await;
        app.take_back().await;
        assert_is_finished(&app, step, &format!("{stop:?} {fate:?}")).await;
    }
}

/// A request whose answer may never come.
type Sent = JoinHandle<reqwest::Result<Response>>;

/// Jane, with $20.00 on her balance, at a process.
struct Scene {
    process: Process,
    referred: Referred,
    jane: Browser,
}

impl Scene {
    async fn of(app: &mut TestApp) -> Self {
        let referred = app.referred().await;
        app.give_balance(&referred.jane, "cus_jane", 2000).await;
        // SQLite's jobs run where the pages are served.
        let alone: &[&str] = match app.state.config.database_url.starts_with("sqlite") {
            true => &[],
            false => &["--no-worker"],
        };
        let process = app.serve(alone).await;
        let url = format!("http://{}{}", app.address, referred.webhook);
        app.stripe
            .register_endpoint(Endpoint::new(STRIPE_KEY, &url, WEBHOOK_SECRET));
        let jane = app.browser();
        jane.sign_in("jane@example.com").await;
        Self {
            process,
            referred,
            jane,
        }
    }

    async fn buy(&self) {
        let ticket = self.referred.ticket.id.to_string();
        self.jane.go("buy", &buying(&ticket)).await;
    }

    /// Begins what is killed. `None`: Stripe begins it.
    fn begin(&self, app: &TestApp, step: Step) -> Option<Sent> {
        let ticket = self.referred.ticket.id.to_string();
        match step {
            Step::Reserve => Some(self.press("buy", &buying(&ticket))),
            Step::Return => Some(self.press("release_checkout", &leaving(&ticket))),
            Step::Capture => {
                let page = session(app);
                let id = page["id"].as_str().unwrap();
                app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
                None
            }
        }
    }

    fn press(&self, form: &str, fields: &[(&str, &str)]) -> Sent {
        let form = self.jane.form(form, fields);
        tokio::spawn(form.header(ACCEPT, "application/json").send())
    }
}

fn buying(ticket: &str) -> [(&str, &str); 5] {
    [
        ("product_id", ticket),
        ("page", "/events/steel-challenge"),
        ("use_credit", "1"),
        ("to_pay", "2500"),
        ("form_token", "form1"),
    ]
}

fn leaving(ticket: &str) -> [(&str, &str); 2] {
    [("product_id", ticket), ("page", "/events/steel-challenge")]
}

async fn assert_no_answer(sent: Option<Sent>) {
    if let Some(sent) = sent {
        assert!(sent.await.unwrap().is_err(), "the dead do not answer");
    }
}

/// The sweeps of the next start finish what was begun, without any webhook.
async fn assert_is_finished(app: &TestApp, step: Step, what: &str) {
    match step {
        Step::Reserve | Step::Return => {
            hours_pass(app).await;
            assert_all_is_back(app, what).await;
        }
        Step::Capture => {
            for _ in 0..4 {
                app.sweep_after(Duration::from_secs(60 * 60)).await;
            }
            let paid = app.purchase(purchase_in(&session(app))).await;
            assert_eq!(paid.state.code(), "paid", "{what}");
            let amounts = (paid.paid_cents, paid.credit_used_cents);
            assert_eq!(amounts, (Some(4500), Some(2000)), "{what}");
            assert_eq!(credit_at_stripe(app), 0, "{what}");
            assert_eq!(
                ledger(&app.credits().await),
                [("spent", "issued", 2000), ("earned", "issued", -1000)],
                "{what}"
            );
        }
    }
}
