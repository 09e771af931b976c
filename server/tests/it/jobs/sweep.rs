//! The sweep finds what a crash lost.

use std::time::Duration;

use domain::{
    purchase::{CreditCheck, PurchaseState},
    referral::ReferralStatus,
};
use sea_orm::ConnectionTrait;
use services::{
    credits::{self, Paid},
    jobs::{self, sweep},
    queue::Job,
};
use store::{Id, credits as rows, stripe_accounts};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::support::{TestApp, event, moment, on_both_databases, session};

on_both_databases!(
    a_purchase_whose_job_was_lost_is_decided,
    a_credit_whose_job_died_is_issued,
    a_credit_that_a_dead_job_holds_is_free_after_its_lease,
    a_job_that_was_overtaken_writes_nothing,
    a_delivery_and_its_credit_need_no_help,
    jobs_that_ended_are_forgotten_and_others_are_not,
    a_job_is_there_when_its_transaction_is_committed,
);

async fn a_purchase_whose_job_was_lost_is_decided(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    // The process died after its commit and before it enqueued the job: only the row exists.
    let db = app.state.db.writer();
    let mut row: store::entities::purchase::ActiveModel = app.purchase(purchase.id).await.into();
    row.state = sea_orm::Set(PurchaseState::Paid.into());
    row.paid_at = sea_orm::Set(Some(app.state.now()));
    row.paid_cents = sea_orm::Set(Some(4500));
    row.credit_check = sea_orm::Set(CreditCheck::Due.into());
    store::purchases::update(db, row).await.unwrap();
    let mut news = app.state.live.watch();
    app.start_worker();
    app.advance(Duration::from_secs(60));
    sweep::round(&app.state).await.unwrap();
    assert_eq!(app.next_notification(&mut news).await.0, referred.mia.id);
    app.assert_credited_once(&referred.mia).await;
}

async fn a_credit_whose_job_died_is_issued(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    assert!(
        credits::decide(&app.state, Paid::Tenant(sale))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(app.status().await, ReferralStatus::Pending);
    let mut news = app.state.live.watch();
    app.advance(Duration::from_secs(60));
    sweep::round(&app.state).await.unwrap();
    app.start_worker();
    app.next_notification(&mut news).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_credit_that_a_dead_job_holds_is_free_after_its_lease(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    let credit = credits::decide(&app.state, Paid::Tenant(sale))
        .await
        .unwrap()
        .unwrap();
    let (db, now) = (app.state.db.writer(), app.state.now());
    let lease = time::Duration::minutes(3);
    let claimed = store::credits::claim(db, credit, now, lease).await.unwrap();
    assert!(claimed.is_some());
    app.issue().await;
    assert_eq!(
        app.status().await,
        ReferralStatus::Pending,
        "a live job holds it"
    );
    app.advance(Duration::from_secs(181));
    app.issue().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_job_that_was_overtaken_writes_nothing(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    let id = credits::decide(&app.state, Paid::Tenant(sale))
        .await
        .unwrap()
        .unwrap();
    let db = app.state.db.writer();
    let claim = async || {
        let now = app.state.now();
        rows::claim(db, id, now, time::Duration::minutes(3))
            .await
            .unwrap()
    };
    let slow = claim().await.expect("free");
    app.advance(Duration::from_secs(181));
    claim().await.expect("free again");
    let account = stripe_accounts::by_id(db, &app.state.sealer, app.account().await).await;
    let sending = rows::Sending {
        account: &account.unwrap().unwrap(),
        customer_id: "cus_1",
        generation: 1,
        first_sent_at: moment(0),
        now: moment(0),
    };
    assert!(!rows::set_sent(db, &slow, &sending).await.unwrap());
    assert!(
        !rows::set_retry(db, &slow, 9, true, moment(0))
            .await
            .unwrap()
    );
    let reason = domain::referral::FailureReason::Unreachable;
    assert!(
        !rows::set_failed(db, &slow, 9, &reason, moment(0))
            .await
            .unwrap()
    );
    let credit = app.credits().await.remove(0);
    assert_eq!(
        (credit.state.code(), credit.attempts, credit.first_sent_at),
        ("due", 0, None)
    );
}

async fn jobs_that_ended_are_forgotten_and_others_are_not(app: TestApp) {
    let jobs = match app.state.db.pool() {
        store::Pool::Sqlite(_) => "Jobs",
        store::Pool::Postgres(_) => "apalis.jobs",
    };
    let tx = app.state.db.begin().await.unwrap();
    for purchase_id in [1, 2, 2].map(Id::new) {
        let job = Job::DecideCredit { purchase_id };
        app.state.queue.enqueue(&tx, &job).await.unwrap();
    }
    tx.commit().await.unwrap();
    let db = app.state.db.reader();
    let end = format!("UPDATE {jobs} SET status = 'Done' WHERE idempotency_key = 'decide:1'");
    assert_eq!(
        db.execute_unprepared(&end).await.unwrap().rows_affected(),
        1
    );
    app.state
        .queue
        .forget_ended(time::Duration::ZERO)
        .await
        .unwrap();
    let rest = format!("DELETE FROM {jobs} WHERE idempotency_key = 'decide:2'");
    assert_eq!(
        db.execute_unprepared(&rest).await.unwrap().rows_affected(),
        1
    );
    let ended = format!("DELETE FROM {jobs}");
    assert_eq!(
        db.execute_unprepared(&ended).await.unwrap().rows_affected(),
        0
    );
}

async fn a_delivery_and_its_credit_need_no_help(app: TestApp) {
    let referred = app.referred().await;
    app.open_purchase(&referred, "cs_1").await;
    let mut news = app.state.live.watch();
    app.start_worker();
    let body = event(
        "evt_1",
        "checkout.session.completed",
        session("cs_1", "paid"),
    );
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(
        app.next_notification(&mut news).await.1,
        "You earned a $10.00 credit from your referral"
    );
    app.assert_credited_once(&referred.mia).await;
}

async fn a_job_is_there_when_its_transaction_is_committed(app: TestApp) {
    for commit in [false, true] {
        let tx = app.state.db.begin().await.unwrap();
        let job = Job::DecideCredit {
            purchase_id: Id::new(1),
        };
        app.state.queue.enqueue(&tx, &job).await.unwrap();
        if commit {
            tx.commit().await.unwrap();
        } else {
            tx.rollback().await.unwrap();
        }
        assert_eq!(app.waiting_jobs().await.len(), usize::from(commit));
    }
}

/// The statement of apalis 1.0.0 (`queries/task/ack.sql`).
const ENDED: &str = "WITH j AS (SELECT value ->> 'task_id' AS task_id, value ->> 'status' AS status \
    FROM json_each(?1)) UPDATE Jobs SET status = j.status FROM j \
    WHERE Jobs.id = j.task_id AND Jobs.lock_by = ?2";

#[tokio::test]
async fn a_worker_that_ends_a_job_reads_none_that_ended_before() {
    let app = TestApp::spawn().await;
    let store::Pool::Sqlite(pool) = app.state.db.pool() else {
        panic!("SQLite");
    };
    let explained = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {ENDED}"));
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explained)
        .bind("[]")
        .bind("worker")
        .fetch_all(pool)
        .await
        .unwrap();
    let plan: Vec<_> = plan.into_iter().map(|(.., line)| line).collect();
    assert!(
        plan.iter()
            .any(|line| line.starts_with("SEARCH Jobs") && line.ends_with("(id=?)")),
        "{plan:#?}"
    );
}

/// The worker stops only after the sweep: a dropped statement could still commit when nobody
/// expects it any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_that_has_begun_is_ended() {
    /// A worker that did not wait for the sweep would have stopped by then.
    const A_MOMENT: Duration = Duration::from_millis(500);
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let nobody_sweeps = app.state.db.begin().await.unwrap();
    let lock = "LOCK TABLE sessions IN SHARE MODE";
    nobody_sweeps.execute_unprepared(lock).await.unwrap();
    let stopping = CancellationToken::new();
    let worker = jobs::run(app.state.engine.clone(), stopping.clone().cancelled_owned());
    let mut worker = tokio::spawn(worker);
    app.somebody_waits_for("sessions").await;
    stopping.cancel();
    let stopped = timeout(A_MOMENT, &mut worker).await;
    assert!(stopped.is_err(), "it left its round");
    nobody_sweeps.rollback().await.unwrap();
    worker.await.unwrap().unwrap();
}
