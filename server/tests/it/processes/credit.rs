//! A process is killed between two steps of ours on the way to a credit, with both programs at the
//! same step (PostgreSQL).

use domain::credit::Program;
use stripe_stand_in::FaultKind::BadGateway;

use super::{
    call::LOOK,
    gate::{
        Fate, Gate,
        Stop::{self, AtCommit, Before},
    },
    program::Process,
};
use crate::support::{PLATFORM_KEY, STRIPE_KEY, TestApp};

/// The state of Mia's credit after the kill: that of the ledger's row, and the number of balance
/// transactions at Stripe.
type Left = (Option<&'static str>, usize);

const UNDECIDED: Left = (None, 0);
const DUE: Left = (Some("due"), 0);
const POSTED: Left = (Some("due"), 1);
const ISSUED: Left = (Some("issued"), 1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_it_is_decided() {
    dies(&[Before("INSERT ON credits")], 2, [UNDECIDED; 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_the_decision_is_committed() {
    dies(&[AtCommit("INSERT ON credits")], 2, [UNDECIDED, DUE]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decided_and_not_claimed() {
    let claim = Before("UPDATE OF claimed_until ON credits");
    dies(&[claim], 2, [DUE; 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_is_made_and_its_key_not_used_up() {
    let counted = Before("UPDATE OF generation ON stripe_customers");
    dies(&[counted], 2, [DUE; 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_is_made_and_not_remembered() {
    // The sweep has the platform referrer's customer made too.
    let remembered = Before("UPDATE OF customer_id ON stripe_customers");
    dies(&[remembered], 3, [DUE; 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_failed_and_the_next_try_is_not_written() {
    let again = Before("UPDATE OF attempts ON credits");
    dies_after_a_fault(&[again], 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_try_is_written_and_its_job_is_not() {
    // The sweep waits there too: it enqueues a job that makes the platform referrer's customer.
    dies_after_a_fault(&[Before("INSERT ON apalis.jobs")], 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_is_not_written_down() {
    let sending = Before("UPDATE OF first_sent_at ON credits");
    dies(&[sending], 2, [DUE; 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stripe_has_it_and_the_ledger_does_not_say_so() {
    let issued = Before("UPDATE OF issued_at ON credits");
    dies(&[issued], 2, [POSTED; 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_says_so_and_the_referral_does_not() {
    let tenant = Before("UPDATE OF status ON referrals");
    let platform = Before("UPDATE OF status ON platform_referrals");
    dies(&[tenant, platform], 2, [POSTED; 2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_says_so_and_the_member_is_not_told() {
    dies(&[Before("INSERT ON notifications")], 1, [POSTED; 2]).await;
}

/// Everything is committed, and no browser is notified.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_everything_is_committed() {
    let tenant = AtCommit("INSERT ON notifications");
    let platform = AtCommit("UPDATE OF status ON platform_referrals");
    dies(&[tenant, platform], 2, [POSTED, ISSUED]).await;
}

/// The same if Stripe does not answer who has either referrer's address. Of the platform referrer, the
/// job that makes a customer asks too, before the kill or after it.
async fn dies_after_a_fault(stops: &[Stop], number: i64) {
    die(stops, number, [DUE; 2], |app| {
        for (key, times) in [(STRIPE_KEY, 1), (PLATFORM_KEY, 2)] {
            app.stripe.fault(LOOK.fault(BadGateway, key).times(times));
        }
    })
    .await;
}

async fn dies(stops: &[Stop], number: i64, left: [Left; 2]) {
    die(stops, number, left, |_| {}).await;
}

/// Kills the worker with `number` statements at the gate, after `trouble` was made. `left` is the
/// state when these statements are lost, and when they are done.
async fn die(stops: &[Stop], number: i64, left: [Left; 2], trouble: impl Fn(&TestApp)) {
    for (fate, left) in Fate::EACH.into_iter().zip(left) {
        let Some(mut app) = TestApp::on_postgres().await else {
            return;
        };
        let mia = app.both_paid().await.0.mia;
        trouble(&app);
        app.hand_over().await;
        let mut gate = Gate::shut(&app.state.config.database_url, stops).await;
        let worker = Process::start(&app.state.config, &["worker"]);
        gate.reached(number).await;
        // Where it stops at a commit, the decision may be what is not committed yet.
        if left.0.is_some() && stops.iter().all(|stop| matches!(stop, Before(_))) {
            gate.decided().await;
        }
        worker.kill().await;
        gate.open(fate).await;
        app.take_back().await;
        let credits = app.credits().await;
        let ours = credits
            .iter()
            .find(|credit| credit.program == Program::Tenant);
        let state = ours.map(|credit| credit.state.code());
        assert_eq!((state, app.balance_transactions().len()), left, "{fate:?}");
        app.go_on().await;
        app.assert_both_credited_once(&mia).await;
    }
}
