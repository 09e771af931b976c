//! A membership that ends while its credit is on hold earns nobody anything.

use domain::{credit::NoCredit, referral::ReferralStatus};
use store::entities::purchase;
use stripe_stand_in::{CancelWhen, PaymentStatus};
use time::Duration;

use super::{DAY, MINUTE, subscription_of};
use crate::{
    refunds::{Bought, Scene, buy, open, rest, scene},
    support::{STRIPE_KEY, TestApp, on_both_databases},
};

on_both_databases!(
    one_that_ends_in_the_hold_earns_nothing_and_the_next_purchase_does,
    without_events_its_end_is_found_before_the_hold_ends,
    one_that_is_read_before_its_decision_is_read_before_its_hold_ends,
    one_that_is_set_to_end_later_counts,
    one_that_ends_after_its_hold_keeps_its_credit,
    one_that_ended_before_it_was_decided_earns_nothing,
    without_a_hold_its_end_takes_nothing,
    without_a_hold_one_that_ended_before_its_payment_was_known_earns,
);

/// Jane has the membership, and what it earns is on hold for this many days.
async fn held(app: &TestApp, days: i64) -> (Scene, Bought) {
    let scene = scene(app).await;
    app.hold_for(days).await;
    let membership = app.membership().await;
    let bought = buy(app, &scene.jane, &membership, None).await;
    app.run_jobs().await;
    (scene, bought)
}

fn cancel(app: &TestApp, bought: &Bought, when: CancelWhen) {
    let canceled = app
        .stripe
        .cancel_subscription(subscription_of(bought), when);
    canceled.unwrap();
}

fn why(row: &purchase::Model) -> Option<NoCredit> {
    row.no_credit.as_deref().copied()
}

async fn one_that_ends_in_the_hold_earns_nothing_and_the_next_purchase_does(app: TestApp) {
    let (scene, bought) = held(&app, 14).await;
    assert_eq!(app.credits().await.len(), 1);
    cancel(&app, &bought, CancelWhen::Now);
    rest(&app).await;
    assert!(app.credits().await.is_empty());
    assert_eq!(*app.referral().await.status, ReferralStatus::Pending);
    let row = app.paid(bought.id).await;
    assert_eq!(why(&row), Some(NoCredit::MembershipEnded));
    app.sweep_after(15 * DAY).await;
    assert!(app.balance_transactions().is_empty());
    // The next purchase that counts earns.
    scene.jane.sign_in(&scene.referred.jane.email).await;
    buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    rest(&app).await;
    app.sweep_after(15 * DAY).await;
    app.settle().await;
    app.assert_stands(&scene.referred.mia).await;
}

async fn without_events_its_end_is_found_before_the_hold_ends(app: TestApp) {
    // Shorter than the week after which each is read.
    let (_, bought) = held(&app, 5).await;
    app.sweep_after(2 * MINUTE).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    cancel(&app, &bought, CancelWhen::Now);
    app.sweep_after(3 * DAY).await;
    assert_eq!(app.credits().await.len(), 1);
    app.sweep_after(2 * DAY - 30 * MINUTE).await;
    assert_eq!(app.standing().await, Some("canceled"));
    assert!(app.credits().await.is_empty());
    app.sweep_after(DAY).await;
    assert!(app.balance_transactions().is_empty());
}

/// Somebody canceled it in Stripe's dashboard while the event of its payment was on its way.
async fn without_a_hold_one_that_ended_before_its_payment_was_known_earns(app: TestApp) {
    let scene = scene(&app).await;
    let membership = app.membership().await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let session = open(&app, &scene.jane, &membership, None).await;
    let id = session["id"].as_str().unwrap();
    let paid = app.stripe.complete(id, PaymentStatus::Paid, None);
    paid.unwrap();
    let session = app.stripe_object("sessions", id);
    let subscription = session["subscription"].as_str().unwrap();
    let canceled = app
        .stripe
        .cancel_subscription(subscription, CancelWhen::Now);
    canceled.unwrap();
    app.advance(MINUTE);
    for body in app.stripe_events("checkout.session.completed") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    rest(&app).await;
    app.settle().await;
    app.assert_stands(&scene.referred.mia).await;
}

/// The readings come before the decision on which they depend.
async fn one_that_is_read_before_its_decision_is_read_before_its_hold_ends(app: TestApp) {
    let scene = scene(&app).await;
    app.hold_for(5).await;
    let membership = app.membership().await;
    buy(&app, &scene.jane, &membership, None).await;
    let id = app.subscriptions().await[0].id;
    services::memberships::read(&app.state, id).await.unwrap();
    assert_eq!(app.standing().await, Some("active"));
    app.run_jobs().await;
    app.sweep_after(2 * MINUTE).await;
    let held_until = app.credits().await[0].held_until.unwrap();
    let next = app.subscriptions().await[0].check_at.unwrap();
    assert_eq!(held_until - next, Duration::HOUR);
}

async fn one_that_is_set_to_end_later_counts(app: TestApp) {
    let (scene, bought) = held(&app, 14).await;
    cancel(&app, &bought, CancelWhen::AtPeriodEnd);
    rest(&app).await;
    assert_eq!(app.credits().await.len(), 1);
    app.sweep_after(14 * DAY).await;
    app.settle().await;
    app.assert_stands(&scene.referred.mia).await;
    app.advance(20 * DAY);
    rest(&app).await;
    assert_eq!(app.standing().await, Some("canceled"));
    app.assert_stands(&scene.referred.mia).await;
}

/// The job that issues it was lost, and the membership ended meanwhile.
async fn one_that_ends_after_its_hold_keeps_its_credit(app: TestApp) {
    let (scene, bought) = held(&app, 1).await;
    app.lose_jobs().await;
    app.advance(2 * DAY);
    cancel(&app, &bought, CancelWhen::Now);
    rest(&app).await;
    app.settle().await;
    assert_eq!(app.standing().await, Some("canceled"));
    app.assert_stands(&scene.referred.mia).await;
}

async fn one_that_ended_before_it_was_decided_earns_nothing(app: TestApp) {
    let scene = scene(&app).await;
    app.hold_for(14).await;
    let membership = app.membership().await;
    let bought = buy(&app, &scene.jane, &membership, None).await;
    app.lose_jobs().await;
    cancel(&app, &bought, CancelWhen::Now);
    app.delivered().await;
    // Only how it stands is read.
    let id = app.subscriptions().await[0].id;
    app.advance(2 * MINUTE);
    services::memberships::read(&app.state, id).await.unwrap();
    assert!(app.paid(bought.id).await.subscription_ended_at.is_some());
    app.advance(20 * DAY);
    rest(&app).await;
    assert!(app.credits().await.is_empty());
    let row = app.paid(bought.id).await;
    assert_eq!(why(&row), Some(NoCredit::MembershipEnded));
}

async fn without_a_hold_its_end_takes_nothing(app: TestApp) {
    let (scene, bought) = held(&app, 0).await;
    app.settle().await;
    cancel(&app, &bought, CancelWhen::Now);
    rest(&app).await;
    assert_eq!(app.standing().await, Some("canceled"));
    app.assert_stands(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}
