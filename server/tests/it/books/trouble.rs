//! Comparisons in trouble: many customers, a Stripe that does not answer, a dead key, two at once, at night.

use std::time::Duration;

use domain::credit::BooksOutcome;
use services::books::{self, Asked, Begun, Progress};
use store::reconciliations;
use stripe_stand_in::{Fault, FaultKind};

use crate::support::{STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    many_customers_are_read_in_pages,
    it_goes_on_where_stripe_fell_silent,
    a_dead_key_ends_it,
    without_stripe_it_ends,
    two_do_not_compare_at_once,
    a_claim_of_a_dead_process_ends,
    it_begins_once_each_night,
    old_comparisons_are_deleted,
);

const HOUR: Duration = Duration::from_secs(60 * 60);

fn pages(app: &TestApp) -> usize {
    let requests = app.stripe.requests();
    let pages = requests
        .iter()
        .filter(|one| one.method == "GET" && one.path == "/v1/customers");
    let pages = pages.filter(|one| one.form.iter().any(|(name, _)| name.starts_with("expand")));
    pages.count()
}

async fn many_customers_are_read_in_pages(app: TestApp) {
    let referred = app.referred().await;
    app.many_customers(&referred, 250).await;
    let row = app.compare_books().await;
    assert_eq!(pages(&app), 3);
    assert_eq!((row.pages, row.customers), (3, 1));
    app.run_jobs().await;
}

async fn it_goes_on_where_stripe_fell_silent(app: TestApp) {
    let referred = app.referred().await;
    app.many_customers(&referred, 250).await;
    let id = books::begin(&app.state, app.detroits(), Asked::ByOperator).await;
    let id = id.unwrap().id();
    let silent = Fault::next(FaultKind::FailBefore)
        .on("GET", "/v1/customers")
        .after(2);
    app.stripe.fault(silent);
    let progress = books::go_on(&app.state, id).await.unwrap();
    assert!(matches!(progress, Progress::Silent(_)), "{progress:?}");
    let row = app.comparisons().await.remove(0);
    assert_eq!((row.pages, row.finished_at), (2, None));
    assert_eq!(
        books::go_on(&app.state, id).await.unwrap(),
        Progress::Finished
    );
    let row = app.comparisons().await.remove(0);
    assert_eq!(row.outcome.unwrap(), BooksOutcome::Compared);
    assert_eq!((row.pages, row.customers), (3, 1));
    app.run_jobs().await;
}

async fn a_dead_key_ends_it(app: TestApp) {
    app.credited_mia().await;
    app.stripe.expire_key(STRIPE_KEY);
    let row = app.compare_books().await;
    assert_eq!(row.outcome.unwrap(), BooksOutcome::KeyRejected);
    app.run_jobs().await;
}

async fn without_stripe_it_ends(app: TestApp) {
    let row = app.compare_books().await;
    assert_eq!(row.outcome.unwrap(), BooksOutcome::NotConnected);
}

async fn two_do_not_compare_at_once(app: TestApp) {
    app.credited_mia().await;
    let first = books::begin(&app.state, app.detroits(), Asked::ByOperator).await;
    let second = books::begin(&app.state, app.detroits(), Asked::ByOperator).await;
    let id = first.unwrap().id();
    assert_eq!(second.unwrap(), Begun::Before(id));
    let (db, now) = (app.state.db.writer(), app.state.now());
    let lease = time::Duration::MINUTE;
    let claimed = reconciliations::claim(db, id, "other", now, lease).await;
    assert!(claimed.unwrap());
    assert_eq!(books::go_on(&app.state, id).await.unwrap(), Progress::Busy);
    reconciliations::release(db, id, "other").await.unwrap();
    assert_eq!(
        books::go_on(&app.state, id).await.unwrap(),
        Progress::Finished
    );
    assert_eq!(app.comparisons().await.len(), 1);
    app.run_jobs().await;
}

async fn a_claim_of_a_dead_process_ends(app: TestApp) {
    app.credited_mia().await;
    let id = books::begin(&app.state, app.detroits(), Asked::ByOperator).await;
    let id = id.unwrap().id();
    let (db, now) = (app.state.db.writer(), app.state.now());
    let lease = time::Duration::MINUTE;
    let claimed = reconciliations::claim(db, id, "dead", now, lease).await;
    assert!(claimed.unwrap());
    app.run_jobs().await;
    app.advance(HOUR);
    // Each round finds what goes on without a job.
    books::round(&app.state).await.unwrap();
    app.run_jobs().await;
    let row = app.comparisons().await.remove(0);
    assert_eq!(row.outcome.unwrap(), BooksOutcome::Compared);
}

async fn it_begins_once_each_night(app: TestApp) {
    app.credited_mia().await;
    app.run_jobs().await;
    // From noon of the site's zone, so that one night follows.
    let zone = app.site().await.row.time_zone;
    let now = app.state.now();
    let began = zone.begin_of(zone.day(now.moment()));
    let since = u64::try_from(now.millis() - began).unwrap();
    let noon = u64::try_from((12 * HOUR).as_millis()).unwrap();
    let day = 2 * noon;
    app.advance(Duration::from_millis((day + noon - since) % day));
    for _ in 0..48 {
        app.advance(HOUR / 2);
        books::round(&app.state).await.unwrap();
        app.run_jobs().await;
    }
    let rows = app.comparisons().await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(
        rows[0].outcome.as_deref().copied(),
        Some(BooksOutcome::Compared)
    );
}

async fn old_comparisons_are_deleted(app: TestApp) {
    let (_, customer) = app.credited_mia().await;
    app.delete_customer(&customer).await;
    for _ in 0..3 {
        app.compare_books().await;
    }
    app.advance(24 * HOUR);
    let (db, now) = (app.state.db.writer(), app.state.now());
    let swept = reconciliations::sweep(db, now, 2).await.unwrap();
    assert_eq!(swept, 2);
    let swept = reconciliations::sweep(db, now, 10).await.unwrap();
    assert_eq!(swept, 0, "the last one stays");
    assert_eq!(app.differences().await.len(), 1);
    app.leave_jobs();
}
