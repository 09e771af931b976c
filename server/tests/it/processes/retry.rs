//! A process is killed while a credit is given up, and while an admin retries it, with both
//! programs at the same step (PostgreSQL). If the credit is still Failed, the admin presses
//! **Retry** once more; the credit is issued once.

use app::types::Outcome;
use domain::{credit::Program, referral::ReferralStatus};
use reqwest::{Response, header::ACCEPT};
use services::{
    credits::{self, Paid},
    operator::{disconnect_platform_stripe, disconnect_stripe},
    queue::Job,
};
use store::entities::user;
use tokio::task::JoinHandle;

use super::{
    gate::{
        Fate, Gate,
        Stop::{self, AtCommit, Before},
    },
    program::Process,
};
use crate::support::{Browser, PLATFORM_KEY, PLATFORM_SECRET, STRIPE_KEY, TestApp, WEBHOOK_SECRET};

const PROGRAMS: [Program; 2] = [Program::Tenant, Program::Platform];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_it_is_given_up() {
    dies_giving_up(&[Before("UPDATE OF failed_at ON credits")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_gives_it_up_and_the_referral_does_not() {
    let tenant = Before("UPDATE OF failure_reason ON referrals");
    let platform = Before("UPDATE OF failure_reason ON platform_referrals");
    dies_giving_up(&[tenant, platform]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_giving_up_is_committed() {
    let tenant = AtCommit("UPDATE OF failure_reason ON referrals");
    let platform = AtCommit("UPDATE OF failure_reason ON platform_referrals");
    dies_giving_up(&[tenant, platform]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_it_is_due_again() {
    let due = Before("UPDATE OF key_is_spoilt ON credits");
    dies_trying_again(&[due], [FAILED; 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn due_again_and_no_trace_of_who_wanted_it() {
    let trace = Before("INSERT ON audit_log");
    dies_trying_again(&[trace], [FAILED; 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_the_retry_is_committed() {
    let trace = AtCommit("INSERT ON audit_log");
    dies_trying_again(&[trace], [FAILED, DUE]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn due_again_and_its_job_not_written() {
    let job = Before("INSERT ON apalis.jobs");
    dies_trying_again(&[job], [DUE; 2]).await;
}

/// States of the ledger's rows.
const FAILED: &str = "failed";
const DUE: &str = "due";

/// Kills a worker as it finds that Stripe is not connected.
async fn dies_giving_up(stops: &[Stop]) {
    for fate in Fate::EACH {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let mia = app.both_paid().await.0.mia;
        disconnect(&app).await;
        app.hand_over().await;
        let mut gate = Gate::shut(&app.state.config.database_url, stops).await;
        let worker = Process::start(&app.state.config, &["worker"]);
        gate.reached(2).await;
        worker.kill().await;
        gate.open(fate).await;
        app.take_back().await;
        app.go_on().await;
        assert_states(&app, FAILED).await;
        // The credits resume by themselves.
        connect(&app).await;
        app.go_on().await;
        app.assert_both_credited_once(&mia).await;
    }
}

/// Kills the web server as an admin presses **Retry** in both programs. `left` is the state of the
/// ledger's rows when the waiting statements are lost, and when they are done.
async fn dies_trying_again(stops: &[Stop], left: [&str; 2]) {
    for (fate, left) in Fate::EACH.into_iter().zip(left) {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let mia = app.both_paid().await.0.mia;
        give_up(&app).await;
        assert_states(&app, FAILED).await;
        app.double_admin(&app.detroit, "pat@example.com").await;
        let referrals = referrals(&app).await;
        let web = app.serve(&["--no-worker"]).await;
        let pat = app.signed_in("pat@example.com").await;
        let mut gate = Gate::shut(&app.state.config.database_url, stops).await;
        let sent: Vec<_> = PROGRAMS
            .into_iter()
            .zip(referrals)
            .map(|(program, id)| press(&pat, program, id))
            .collect();
        gate.reached(2).await;
        web.kill().await;
        gate.open(fate).await;
        for sent in sent {
            assert!(sent.await.unwrap().is_err(), "the dead do not answer");
        }
        app.take_back().await;
        assert_states(&app, left).await;
        if left == FAILED {
            try_again(&app).await;
        }
        app.go_on().await;
        app.assert_both_credited_once(&mia).await;
        assert_eq!(app.retries_in_the_audit_log().await, 2);
    }
}

/// Makes both credits Failed, as if Stripe had answered no attempt: they wait for an admin.
async fn give_up(app: &TestApp) {
    for job in app.waiting_jobs().await {
        match job {
            Job::DecideCredit { purchase_id } => {
                let decided = credits::decide(&app.state, Paid::Tenant(purchase_id)).await;
                decided.unwrap();
            }
            Job::DecidePlatformCredit { purchase_id } => {
                let decided = credits::decide(&app.state, Paid::Platform(purchase_id)).await;
                decided.unwrap();
            }
            // How the new plan stands.
            Job::ReadSubscription { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    app.lose_jobs().await;
    for credit in app.credits().await {
        let ended = credits::end_unanswered(&app.state, credit.id).await;
        ended.unwrap();
    }
}

async fn disconnect(app: &TestApp) {
    disconnect_stripe(&app.state, "detroit-arms").await.unwrap();
    disconnect_platform_stripe(&app.state).await.unwrap();
}

async fn connect(app: &TestApp) {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    app.connect_platform(PLATFORM_KEY, PLATFORM_SECRET).await;
}

/// Asserts that both ledger rows are in this state, and that their referrals say the same.
async fn assert_states(app: &TestApp, state: &str) {
    let credits = app.credits().await;
    let states: Vec<_> = credits.iter().map(|row| row.state.code()).collect();
    assert_eq!(states, [state; 2]);
    let wanted = match state {
        FAILED => ReferralStatus::Failed,
        _ => ReferralStatus::Pending,
    };
    assert_eq!(app.status().await, wanted);
    let platform = app.platform_referral().await;
    assert_eq!(platform.status, wanted);
}

/// The ids of both programs' referrals, tenant first.
async fn referrals(app: &TestApp) -> [i64; 2] {
    [
        app.referral().await.id.get(),
        app.platform_referral().await.id.get(),
    ]
}

/// Presses **Retry**; an answer may never come.
fn press(pat: &Browser, program: Program, id: i64) -> JoinHandle<reqwest::Result<Response>> {
    let id = id.to_string();
    let form = pat.form(
        "retry_referrals",
        &[("program", program.code()), ("ids[]", &id)],
    );
    tokio::spawn(form.header(ACCEPT, "application/json").send())
}

/// An admin of both programs presses **Retry** in each of them.
async fn try_again(app: &TestApp) {
    let pat = match app.find(&app.detroit, "pat@example.com").await {
        Some(pat) => pat,
        None => app.double_admin(&app.detroit, "pat@example.com").await,
    };
    for (program, id) in PROGRAMS.into_iter().zip(referrals(app).await) {
        let outcome = retry(app, &pat, program, id).await;
        let Outcome::Done(said) = outcome else {
            panic!("refused: {outcome:?}");
        };
        assert!(said.starts_with("1 credit is being retried: "), "{said}");
    }
}

async fn retry(app: &TestApp, pat: &user::Model, program: Program, id: i64) -> Outcome {
    let ports = app.ports(&app.detroit, Some(pat)).await;
    let retried = ports.admin_referrals.retry(program, vec![id]);
    retried.await.unwrap()
}

impl TestApp {
    async fn retries_in_the_audit_log(&self) -> usize {
        let rows = self.audit_rows().await.into_iter();
        rows.filter(|row| row.field == "Status").count()
    }
}
