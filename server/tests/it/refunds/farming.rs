//! The farm that refunds made possible: three throw-away accounts, $1.50 spent and refunded.

use std::time::Duration;

use domain::{purchase::ProductKind, referral::ReferralStatus};
use sea_orm::EntityTrait;
use store::entities::{referral, user};
use stripe_stand_in::RefundStatus;

use super::{buy, rest};
use crate::support::{CODE, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(
    three_throw_away_accounts_earn_nothing_once_they_are_refunded,
    with_a_hold_of_a_day_they_never_earned_anything,
);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The farmer, with three friends who have paid $0.50 each.
async fn farm(app: &TestApp) -> (user::Model, Vec<String>) {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let farmer = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let kind = ProductKind::ShopItem;
    let sticker = app.product(&app.detroit, kind, "sticker", 50).await;
    let mut payments = Vec::new();
    for number in 1..=3 {
        let email = format!("throw{number}@away.example");
        let form = [
            ("first_name", "Throw"),
            ("last_name", "Away"),
            ("email", email.as_str()),
            ("date_of_birth", "1990-01-15"),
            ("password", crate::support::PASSWORD),
        ];
        let browser = app.browser();
        browser.get(&format!("/?ref={CODE}")).await;
        browser.go("register", &form).await;
        payments.push(buy(app, &browser, &sticker, None).await.payment);
    }
    app.run_jobs().await;
    (farmer, payments)
}

async fn refund_all(app: &TestApp, payments: &[String]) {
    for payment in payments {
        app.stripe
            .refund(payment, None, RefundStatus::Succeeded)
            .unwrap();
    }
    app.delivered().await;
    app.sweep_after(Duration::from_secs(60)).await;
}

async fn three_throw_away_accounts_earn_nothing_once_they_are_refunded(app: TestApp) {
    let (farmer, payments) = farm(&app).await;
    rest(&app).await;
    assert_eq!(app.balance_of(&farmer).await, -3000, "$30.00 for $1.50");
    refund_all(&app, &payments).await;
    rest(&app).await;
    assert_eq!(app.balance_of(&farmer).await, 0);
    app.assert_nothing_is_left().await;
}

async fn with_a_hold_of_a_day_they_never_earned_anything(app: TestApp) {
    app.hold_for(1).await;
    let (_, payments) = farm(&app).await;
    assert_eq!(app.credits().await.len(), 3, "on hold");
    refund_all(&app, &payments).await;
    assert!(app.credits().await.is_empty());
    app.sweep_after(2 * DAY).await;
    rest(&app).await;
    assert!(app.credits().await.is_empty());
    assert!(app.balance_transactions().is_empty());
    let referrals = referral::Entity::find().all(app.state.db.reader()).await;
    for referral in referrals.unwrap() {
        assert_eq!(*referral.status, ReferralStatus::Pending);
    }
    app.assert_nothing_is_left().await;
}
