//! Undoing one of two sales to a friend: the credit stays, for the one that stands.

use domain::{purchase::ProductKind, referral::ReferralStatus};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use stripe_stand_in::{Fault, FaultKind};

use super::{
    scene,
    undoing::{sold, sold_and_credited, undo},
};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    the_credit_stays_for_another_purchase_that_stands,
    a_membership_of_unknown_payment_keeps_no_credit,
    what_is_not_posted_yet_is_for_the_purchase_that_stands,
);

/// Jane has bought twice. The second sale earned nothing, because the first one had.
async fn the_credit_stays_for_another_purchase_that_stands(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, first) = sold_and_credited(&app, &scene).await;
    let second = app.sell(&scene.referred).await;
    app.decide(second).await;
    undo(&desk, &scene.referred.jane, first).await.unwrap();
    let referral = app.referral().await;
    assert_eq!(*referral.status, ReferralStatus::Credited);
    assert_eq!(
        (referral.purchase_id, referral.taken_back_cents),
        (Some(second), None)
    );
    assert_eq!(app.balance_of(&scene.referred.mia).await, -1000);
    undo(&desk, &scene.referred.jane, second).await.unwrap();
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    assert_eq!(app.referral().await.taken_back_cents, Some(1000));
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

/// How much of the membership Jane's balance paid is not known: perhaps she paid no money for it.
async fn a_membership_of_unknown_payment_keeps_no_credit(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, first) = sold_and_credited(&app, &scene).await;
    let membership = app.sell(&scene.referred).await;
    app.decide(membership).await;
    let mut row = app.purchase(membership).await.into_active_model();
    row.kind = Set(ProductKind::Membership.into());
    row.credit_used_cents = Set(None);
    row.update(app.state.db.writer()).await.unwrap();
    undo(&desk, &scene.referred.jane, first).await.unwrap();
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    assert_eq!(app.referral().await.taken_back_cents, Some(1000));
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

/// The torture test's friend: the first sale was undone before its credit was posted, and nothing
/// decided the second one again.
async fn what_is_not_posted_yet_is_for_the_purchase_that_stands(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, first) = sold(&app, &scene).await;
    let unread = Fault::next(FaultKind::FailBefore).on("GET", "/v1/customers");
    app.stripe.fault(unread.times(9));
    app.decide(first).await;
    let second = app.sell(&scene.referred).await;
    app.decide(second).await;
    app.stripe.clear_faults();
    undo(&desk, &scene.referred.jane, first).await.unwrap();
    assert_eq!(app.referral().await.purchase_id, Some(second));
    app.settle().await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, -1000);
    assert_eq!(*app.referral().await.status, ReferralStatus::Credited);
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}
