//! What the version before has written: counters with what was taken back, and subscriptions of which the
//! payment is not known; and what has no place in its schema.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Statement};

use super::{buy, credited, rest, scene};
use crate::{
    migrations::down_to_before,
    support::{TestApp, on_both_databases},
};

on_both_databases!(
    what_was_taken_back_leaves_the_counters,
    the_payment_of_a_membership_of_before_is_learned,
    credit_by_hand_that_was_told_has_no_place_in_the_schema_of_before,
);

/// Total Credits of all sites, in cents.
async fn counted(app: &TestApp) -> i64 {
    let db = app.state.db.writer();
    let sum = "SELECT CAST(SUM(credit_cents) AS BIGINT) FROM referral_counts";
    let sum = Statement::from_string(db.get_database_backend(), sum);
    let row = db.query_one_raw(sum).await.unwrap().unwrap();
    row.try_get_by(0).unwrap()
}

async fn what_was_taken_back_leaves_the_counters(app: TestApp) {
    credited(&app).await;
    assert_eq!(counted(&app).await, 1000);
    let take = "UPDATE referrals SET taken_back_cents = 300";
    let db = app.state.db.writer();
    db.execute_unprepared(take).await.unwrap();
    assert_eq!(counted(&app).await, 700);
    down_to_before(&app, "m20261130_000044_refunds").await;
    assert_eq!(counted(&app).await, 1000, "as the version before counts");
    Migrator::up(db, None).await.unwrap();
    assert_eq!(counted(&app).await, 700);
    let again = "UPDATE referrals SET taken_back_cents = 1000";
    db.execute_unprepared(again).await.unwrap();
    assert_eq!(counted(&app).await, 0);
}

async fn the_payment_of_a_membership_of_before_is_learned(app: TestApp) {
    let scene = scene(&app).await;
    let membership = app.membership().await;
    let bought = buy(&app, &scene.jane, &membership, None).await;
    app.run_jobs().await;
    down_to_before(&app, "m20261130_000044_refunds").await;
    Migrator::up(app.state.db.writer(), None).await.unwrap();
    assert_eq!(app.paid(bought.id).await.invoice_id, None, "as of before");
    rest(&app).await;
    let row = app.paid(bought.id).await;
    assert!(row.payment_intent_id.is_some());
    assert_eq!(row.refund_check_at, None);
    app.assert_nothing_is_left().await;
}

async fn credit_by_hand_that_was_told_has_no_place_in_the_schema_of_before(app: TestApp) {
    let (scene, _) = credited(&app).await;
    let mia = &scene.referred.mia;
    let db = app.state.db.writer();
    let by_hand = "UPDATE credits SET kind = 'granted', referral_id = NULL";
    db.execute_unprepared(by_hand).await.unwrap();
    let told = app.notifications(mia).await;
    assert!(!told.is_empty());
    down_to_before(&app, "m20261130_000046_grants").await;
    Migrator::up(db, None).await.unwrap();
    assert!(app.credits().await.is_empty());
    assert_eq!(app.notifications(mia).await, told);
}
