//! Refunding one of two purchases of a friend: the credit stays, for the one that stands.

use domain::referral::ReferralStatus;
use sea_orm::ConnectionTrait;
use store::{Paid, paid, purchases, referrals};
use stripe_stand_in::RefundStatus;

use super::{buy, credited, rest, scene};
use crate::{
    purchases::spending::undoing::undo,
    support::{TestApp, on_both_databases},
};

on_both_databases!(
    the_credit_stays_for_another_purchase_that_stands,
    a_refund_of_the_second_purchase_changes_nothing,
    what_is_refunded_itself_keeps_nothing,
    a_counter_sale_keeps_it_and_is_undone,
    before_the_issue_it_is_for_the_other_purchase,
    an_undone_sale_after_a_dispute_that_was_won,
);

fn refund(app: &TestApp, payment: &str) -> String {
    let refund = app.stripe.refund(payment, None, RefundStatus::Succeeded);
    refund.unwrap()["id"].as_str().unwrap().to_owned()
}

/// Whoever decides about the second purchase has locked it, and waits for the referral, whose lock is here. The foreign
/// key must not wait in its turn.
#[tokio::test]
async fn a_referral_is_given_a_purchase_that_is_locked() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let (scene, _) = credited(&app).await;
    let second = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    rest(&app).await;
    let (referral, reader) = (app.referral().await, app.state.db.reader());
    let purchase = purchases::by_id(reader, second.id).await.unwrap().unwrap();
    let deciding = app.state.db.begin().await.unwrap();
    let locked = paid::lock(&deciding, Paid::Tenant(second.id)).await;
    assert!(locked.unwrap().is_some());
    let adjusting = app.state.db.begin().await.unwrap();
    let impatient = "SET LOCAL lock_timeout = '5s'";
    adjusting.execute_unprepared(impatient).await.unwrap();
    let given = referrals::set_purchase(&adjusting, referral.id, &purchase).await;
    given.expect("it does not wait for the lock");
    adjusting.commit().await.unwrap();
    drop(deciding);
    assert_eq!(app.referral().await.purchase_id, Some(second.id));
}

async fn the_credit_stays_for_another_purchase_that_stands(app: TestApp) {
    let (scene, first) = credited(&app).await;
    let second = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    rest(&app).await;
    refund(&app, &first.payment);
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.referral().await.purchase_id, Some(second.id));
    refund(&app, &second.payment);
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn a_refund_of_the_second_purchase_changes_nothing(app: TestApp) {
    let (scene, first) = credited(&app).await;
    let second = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    rest(&app).await;
    refund(&app, &second.payment);
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.referral().await.purchase_id, Some(first.id));
    app.assert_nothing_is_left().await;
}

async fn what_is_refunded_itself_keeps_nothing(app: TestApp) {
    let (scene, first) = credited(&app).await;
    let second = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    rest(&app).await;
    let later = refund(&app, &second.payment);
    rest(&app).await;
    refund(&app, &first.payment);
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    // The second one stands after all, too late.
    app.stripe
        .settle_refund(&later, RefundStatus::Failed)
        .unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn a_counter_sale_keeps_it_and_is_undone(app: TestApp) {
    let (scene, first) = credited(&app).await;
    let sale = app.sell(&scene.referred).await;
    rest(&app).await;
    refund(&app, &first.payment);
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    let desk = app.detroit_admin().await;
    undo(&desk, &scene.referred.jane, sale).await.unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn before_the_issue_it_is_for_the_other_purchase(app: TestApp) {
    let scene = scene(&app).await;
    let first = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    let pending = app
        .stripe
        .refund(&first.payment, None, RefundStatus::Pending);
    let pending = pending.unwrap()["id"].as_str().unwrap().to_owned();
    rest(&app).await;
    let second = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    rest(&app).await;
    assert_eq!(app.status().await, ReferralStatus::Pending, "frozen");
    app.stripe
        .settle_refund(&pending, RefundStatus::Succeeded)
        .unwrap();
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.referral().await.purchase_id, Some(second.id));
    app.assert_nothing_is_left().await;
}

/// The ledger has a reversal and a restoring already when the sale is undone.
async fn an_undone_sale_after_a_dispute_that_was_won(app: TestApp) {
    use stripe_stand_in::{DisputeKind, DisputeStatus};

    let (scene, first) = credited(&app).await;
    let dispute = app.stripe.dispute(&first.payment, DisputeKind::Dispute);
    let dispute = dispute.unwrap()["id"].as_str().unwrap().to_owned();
    rest(&app).await;
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    let sale = app.sell(&scene.referred).await;
    rest(&app).await;
    refund(&app, &first.payment);
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    let desk = app.detroit_admin().await;
    undo(&desk, &scene.referred.jane, sale).await.unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}
