//! Stories of more than one Stripe error: each ends in one credit, or in Failed with a reason. Each
//! fault at each call is in `crate::faults`.

use std::time::Duration;

use domain::{credit::MAX_ATTEMPTS, referral::ReferralStatus};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use server_core::{random::Random, sealing::Sealer};
use services::{jobs, queue::Job};
use stripe_stand_in::{Fault, FaultKind, Seed, SeedCustomer, SeedTransaction};

use crate::support::{STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    a_credit_that_stripe_gave_without_answering_is_not_given_again,
    a_key_that_stripe_has_forgotten_is_not_used_blindly,
    an_entry_behind_a_page_of_newer_ones_is_found,
    an_outage_ends_in_failed_with_words,
    a_credit_that_the_last_look_finds_is_not_given_up,
    a_refusal_is_final_and_gives_its_code,
    two_jobs_at_once_post_once,
    a_retry_comes_by_itself,
    a_fault_before_posting_does_not_spoil_a_key_in_flight,
    a_call_that_may_still_run_is_not_taken_for_undone,
    a_credit_sent_before_the_account_changed_is_not_given_again,
    a_customer_deleted_between_two_attempts_is_replaced,
    a_broken_secret_leaves_the_credit_due,
);

/// Longer than any wait between two attempts.
const A_WHILE: Duration = Duration::from_secs(7 * 60 * 60);

async fn a_credit_that_stripe_gave_without_answering_is_not_given_again(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.fault(
        Fault::next(FaultKind::DropAfter)
            .on("POST", "/v1/customers")
            .ending("balance_transactions"),
    );
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    assert_eq!(app.status().await, ReferralStatus::Pending);
    assert_eq!(app.balance_transactions().len(), 1);
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_key_that_stripe_has_forgotten_is_not_used_blindly(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.fault(
        Fault::next(FaultKind::DropAfter)
            .on("POST", "/v1/customers")
            .ending("balance_transactions"),
    );
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.advance(Duration::from_secs(25 * 60 * 60));
    app.issue().await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(app.credits().await[0].key_generation, 1);
}

/// Stripe lists at most a hundred balance transactions, the newest first.
async fn an_entry_behind_a_page_of_newer_ones_is_found(app: TestApp) {
    const NEWER: usize = 101;
    let referred = app.referred().await;
    app.stripe.fault(at_posting(FaultKind::DropAfter));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let credit = app.credits().await.remove(0);
    let newer = |number| SeedTransaction {
        id: format!("cbtxn_newer_{number}"),
        amount: -1,
        currency: "usd".to_owned(),
        ..Default::default()
    };
    let customer = SeedCustomer {
        id: credit.stripe_customer_id.unwrap(),
        balance_transactions: (0..NEWER).map(newer).collect(),
        ..Default::default()
    };
    let seed = Seed {
        secret_key: STRIPE_KEY.to_owned(),
        account: None,
        customers: vec![customer],
    };
    app.stripe.seed(seed).unwrap();
    app.advance(Duration::from_secs(25 * 60 * 60));
    app.issue().await;
    assert_eq!(app.status().await, ReferralStatus::Credited);
    assert_eq!(app.balance_transactions().len(), NEWER + 1);
    assert_eq!(app.notifications(&referred.mia).await.len(), 1);
}

async fn an_outage_ends_in_failed_with_words(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.fault(
        Fault::next(FaultKind::BadGateway)
            .on("GET", "/v1/customers")
            .times(1_000),
    );
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    let referral = app.referral().await;
    assert_eq!(referral.status, ReferralStatus::Failed);
    assert!(
        referral
            .failure_reason
            .unwrap()
            .sentence()
            .contains("could not be reached")
    );
    assert_eq!(app.credits().await[0].attempts, i64::from(MAX_ATTEMPTS));
}

/// Stripe issued the credit, its answer was lost, and its customer cannot be read until we give up.
async fn a_credit_that_the_last_look_finds_is_not_given_up(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.fault(at_posting(FaultKind::DropAfter));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.stripe.fault(
        Fault::next(FaultKind::BadGateway)
            .on("GET", "/v1/customers/")
            .times(MAX_ATTEMPTS - 1),
    );
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(app.stripe.clear_faults(), 0, "it was the last attempt");
}

async fn a_refusal_is_final_and_gives_its_code(app: TestApp) {
    let referred = app.referred().await;
    // Stripe takes metadata of up to 500 characters.
    let mut mia = referred.mia.clone().into_active_model();
    mia.token = Set("t".repeat(501));
    mia.update(app.state.db.reader()).await.unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let referral = app.referral().await;
    assert_eq!(referral.status, ReferralStatus::Failed);
    assert_eq!(
        referral.failure_reason.unwrap().sentence(),
        "Stripe refused the credit (HTTP 400)"
    );
}

async fn two_jobs_at_once_post_once(app: TestApp) {
    let referred = app.referred().await;
    app.stripe
        .fault(Fault::next(FaultKind::TooManyRequests).on("GET", "/v1/customers"));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.advance(A_WHILE);
    tokio::join!(app.issue(), app.issue(), app.issue());
    app.assert_credited_once(&referred.mia).await;
    let posted = app
        .stripe
        .requests()
        .iter()
        .filter(|call| call.method == "POST" && call.path.ends_with("balance_transactions"))
        .count();
    assert_eq!(posted, 1);
}

const POSTING: (&str, &str) = ("/v1/customers", "balance_transactions");

fn at_posting(kind: FaultKind) -> Fault {
    Fault::next(kind).on("POST", POSTING.0).ending(POSTING.1)
}

async fn a_retry_comes_by_itself(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.fault(at_posting(FaultKind::TooManyRequests));
    let mut news = app.state.live.watch();
    app.start_worker();
    app.sell(&referred).await;
    app.next_notification(&mut news).await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(app.credits().await[0].attempts, 1);
}

async fn a_fault_before_posting_does_not_spoil_a_key_in_flight(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.fault(at_posting(FaultKind::DropAfter));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.stripe
        .fault(Fault::next(FaultKind::FailBefore).on("GET", "/v1/customers"));
    app.advance(A_WHILE);
    app.issue().await;
    let credit = app.credits().await.remove(0);
    assert_eq!(
        (
            credit.attempts,
            credit.key_replays_error,
            credit.key_generation
        ),
        (2, false, 1)
    );
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
}

/// The answer is lost, and Stripe answers 500 to the next call with the idempotency key although
/// the first one still runs. Balance transactions are not read, and no other key is used, before
/// the first call has ended.
async fn a_call_that_may_still_run_is_not_taken_for_undone(mut app: TestApp) {
    app.shorten_patience();
    let referred = app.referred().await;
    app.stripe.fault(at_posting(FaultKind::Hang));
    app.stripe.fault(at_posting(FaultKind::FailBefore));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.advance(Duration::from_secs(10));
    app.issue().await;
    let asked = app.stripe.requests().len();
    app.advance(Duration::from_secs(110));
    app.issue().await;
    assert_eq!(app.stripe.requests().len(), asked, "too early");
    app.stripe.release_hung();
    app.stripe.wait_until_requests_finish().await.unwrap();
    app.advance(Duration::from_secs(20));
    app.issue().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_credit_sent_before_the_account_changed_is_not_given_again(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.fault(at_posting(FaultKind::DropAfter));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.connect_stripe(&app.detroit, "sk_test_another", "whsec_another")
        .await;
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
    let others = app.stripe.objects("sk_test_another", None);
    assert_eq!(others["balance_transactions"].as_array().unwrap().len(), 0);
}

async fn a_customer_deleted_between_two_attempts_is_replaced(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.fault(at_posting(FaultKind::TooManyRequests));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let first = app.credits().await[0].stripe_customer_id.clone().unwrap();
    app.delete_customer(&first).await;
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
    let credit = app.credits().await.remove(0);
    assert_ne!(credit.stripe_customer_id, Some(first));
    assert_eq!(credit.key_generation, 2, "a key is bound to its customer");
}

async fn a_broken_secret_leaves_the_credit_due(mut app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    let right = app.state.sealer.clone();
    app.state.sealer = Sealer::new("another secret, 32 characters long", Random::system()).unwrap();
    let job = Job::DecideCredit { purchase_id: sale };
    jobs::perform(&app.state, &job).await.unwrap();
    assert_eq!(app.status().await, ReferralStatus::Pending);
    app.state.sealer = right;
    app.advance(A_WHILE);
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
}
