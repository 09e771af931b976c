//! The platform program: a refunded or disputed plan earns its referrer nothing.

use std::sync::Arc;

use domain::{
    money::{Currency, Money},
    referral::ReferralStatus,
    refund::{MembershipEnding, RefundStatus},
};
use serde_json::Value;
use services::{
    queue::Job,
    refunds::{NewRefund, Staff, refund},
    rights::PlatformStaff,
};
use store::{Paid, entities::platform_purchase};
use stripe_stand_in::{DisputeKind, DisputeStatus, PaymentStatus, RefundStatus as AtStripe};

use crate::support::{PLATFORM_KEY, Platform, TestApp, on_both_databases};

on_both_databases!(
    a_refunded_plan_takes_the_credit_back_and_ends,
    a_dispute_that_is_won_restores_it,
    before_the_issue_it_is_given_up,
);

/// Kim subscribes through Jordan's link, on Stripe's page.
pub async fn subscribe(app: &TestApp, platform: &Platform) -> Value {
    let kim = app.browser_at("pewpros.localhost");
    kim.get(&format!("/pricing?ref={}", platform.jordan.code))
        .await;
    kim.press("/pricing/checkout?plan=annual").await;
    let session = app.platform_objects("sessions").pop().unwrap();
    let (id, email) = (session["id"].as_str().unwrap(), Some("kim@example.com"));
    app.stripe.complete(id, PaymentStatus::Paid, email).unwrap();
    delivered(app).await;
    app.platform_objects("sessions").pop().unwrap()
}

async fn delivered(app: &TestApp) {
    let delivered = app.stripe.wait_until_deliveries_finish(PLATFORM_KEY).await;
    delivered.unwrap();
}

pub async fn rest(app: &TestApp) {
    delivered(app).await;
    for seconds in [1, 60] {
        app.sweep_after(std::time::Duration::from_secs(seconds))
            .await;
        app.settle().await;
    }
}

fn balance(app: &TestApp) -> i64 {
    let entries = app.platform_objects("balance_transactions");
    entries
        .iter()
        .map(|one| one["amount"].as_i64().unwrap())
        .sum()
}

async fn purchase(app: &TestApp) -> platform_purchase::Model {
    app.platform_purchases().await.remove(0)
}

pub fn payment_at_stripe(app: &TestApp) -> String {
    let intents = app.platform_objects("payment_intents");
    intents.last().unwrap()["id"].as_str().unwrap().to_owned()
}

async fn a_refunded_plan_takes_the_credit_back_and_ends(app: TestApp) {
    let platform = app.platform().await;
    let session = subscribe(&app, &platform).await;
    rest(&app).await;
    assert_eq!(balance(&app), -5000);
    let row = purchase(&app).await;
    assert!(row.payment_intent_id.is_some(), "{row:?}");
    let pat = app.platform_admin(&app.detroit, "pat@example.com").await;
    let staff: Staff = PlatformStaff::of(&Arc::new(pat)).expect("she may").into();
    let new = NewRefund {
        amount: Money::new(125_000, Currency::Usd),
        form_token: "form1",
        reason: "Not what they need",
        ending: Some(MembershipEnding::Now),
    };
    let refunded = refund(&app.state, &staff, Paid::Platform(row.id), new).await;
    assert_eq!(refunded.unwrap().unwrap().status, RefundStatus::Succeeded);
    rest(&app).await;
    assert_eq!(balance(&app), 0);
    let referral = app.platform_referral().await;
    assert_eq!(*referral.status, ReferralStatus::Credited);
    assert_eq!(referral.taken_back_cents, Some(5000));
    assert_eq!(purchase(&app).await.refunded_cents, 125_000);
    let id = session["subscription"].as_str().unwrap();
    let subscriptions = app.platform_objects("subscriptions");
    let ended = subscriptions.iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(ended["status"], "canceled");
    app.assert_nothing_is_left().await;
}

async fn a_dispute_that_is_won_restores_it(app: TestApp) {
    let platform = app.platform().await;
    subscribe(&app, &platform).await;
    rest(&app).await;
    let payment = purchase(&app).await.payment_intent_id.unwrap();
    let dispute = app.stripe.dispute(&payment, DisputeKind::Dispute);
    let dispute = dispute.unwrap()["id"].as_str().unwrap().to_owned();
    rest(&app).await;
    assert_eq!(balance(&app), 0);
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    rest(&app).await;
    assert_eq!(balance(&app), -5000);
    let referral = app.platform_referral().await;
    assert_eq!(
        (referral.taken_back_cents, referral.shortfall_cents),
        (None, 0)
    );
    app.assert_nothing_is_left().await;
}

async fn before_the_issue_it_is_given_up(app: TestApp) {
    let platform = app.platform().await;
    subscribe(&app, &platform).await;
    let payment = payment_at_stripe(&app);
    let refund = app.stripe.refund(&payment, None, AtStripe::Succeeded);
    let refund = refund.unwrap()["id"].as_str().unwrap().to_owned();
    delivered(&app).await;
    // The payment is looked up before the credit is decided.
    let bought = purchase(&app).await;
    let job = Job::CheckPlatformRefunds {
        purchase_id: bought.id,
        due_at: bought.refund_check_at.expect("it is to be looked up"),
    };
    app.advance(std::time::Duration::from_secs(60));
    services::jobs::perform(&app.state, &job).await.unwrap();
    rest(&app).await;
    assert_eq!(balance(&app), 0);
    assert!(app.credits().await.is_empty());
    assert_eq!(
        *app.platform_referral().await.status,
        ReferralStatus::Pending
    );
    app.stripe.settle_refund(&refund, AtStripe::Failed).unwrap();
    rest(&app).await;
    assert_eq!(balance(&app), -5000);
    app.assert_nothing_is_left().await;
}
