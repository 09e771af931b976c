//! A refund before the credit is issued: nothing is posted, and the next purchase earns.

use domain::referral::ReferralStatus;
use stripe_stand_in::RefundStatus;

use super::{buy, rest, scene};
use crate::{
    purchases::spending::ledger,
    support::{TestApp, on_both_databases},
};

on_both_databases!(
    before_the_credit_is_issued_it_waits_and_is_given_up,
    before_the_decision_it_earns_nothing_and_the_next_purchase_does,
    a_refund_that_fails_before_the_issue_earns_after_all,
);

async fn before_the_credit_is_issued_it_waits_and_is_given_up(app: TestApp) {
    let scene = scene(&app).await;
    let bought = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    let refund = app
        .stripe
        .refund(&bought.payment, None, RefundStatus::Pending);
    let refund = refund.unwrap()["id"].as_str().unwrap().to_owned();
    app.delivered().await;
    rest(&app).await;
    let credits = app.credits().await;
    assert_eq!(ledger(&credits), [("earned", "due", -1000)], "frozen");
    assert!(credits[0].frozen_at.is_some());
    assert_eq!(app.status().await, ReferralStatus::Pending);
    let dana = app.detroit_admin().await;
    let page = dana.get("/admin/referrals").await.text;
    assert!(page.contains("Waits: the purchase is being refunded"));
    app.stripe
        .settle_refund(&refund, RefundStatus::Succeeded)
        .unwrap();
    rest(&app).await;
    assert!(app.credits().await.is_empty(), "given up");
    let page = dana.get("/admin/referrals").await.text;
    assert!(page.contains("The purchase was refunded before the credit was issued"));
    // The next purchase earns it.
    buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn before_the_decision_it_earns_nothing_and_the_next_purchase_does(app: TestApp) {
    let scene = scene(&app).await;
    let bought = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    app.stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded)
        .unwrap();
    app.delivered().await;
    rest(&app).await;
    assert!(app.credits().await.is_empty());
    let referral = app.referral().await;
    assert_eq!(
        (*referral.status, referral.purchase_id),
        (ReferralStatus::Pending, None)
    );
    let next = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.referral().await.purchase_id, Some(next.id));
    app.assert_nothing_is_left().await;
}

async fn a_refund_that_fails_before_the_issue_earns_after_all(app: TestApp) {
    let scene = scene(&app).await;
    let bought = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    let refund = app
        .stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded);
    let refund = refund.unwrap()["id"].as_str().unwrap().to_owned();
    rest(&app).await;
    assert!(app.credits().await.is_empty());
    app.stripe
        .settle_refund(&refund, RefundStatus::Failed)
        .unwrap();
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.referral().await.purchase_id, Some(bought.id));
    app.assert_nothing_is_left().await;
}
