//! The platform program has reviews too: of its subscribers' cards, addresses, number and refunds.

use domain::{
    credit::{ReviewFrom, Sign},
    referral::ReferralStatus,
};
use store::{Scope, platform_settings, terms};
use stripe_stand_in::PaymentStatus;

use super::{NOTE, reviewed, waiting};
use crate::support::{PLATFORM_KEY, Platform, TestApp, on_both_databases};

on_both_databases!(
    a_card_that_paid_for_two_subscriptions_waits,
    a_throw_away_address_waits,
);

async fn review(app: &TestApp, from: ReviewFrom) {
    let db = app.state.db.writer();
    let version = platform_settings::get(db).await.unwrap().terms_version;
    let new = reviewed(Some(from), 0);
    let saved = terms::save(db, Scope::Platform, version, &new).await;
    assert!(saved.unwrap());
}

/// Somebody subscribes through Jordan's link, with the card of this name.
async fn subscribe(app: &TestApp, platform: &Platform, email: &str, card: &str) {
    let visitor = app.browser_at("pewpros.localhost");
    visitor
        .get(&format!("/pricing?ref={}", platform.jordan.code))
        .await;
    visitor.press("/pricing/checkout?plan=annual").await;
    let sessions = app.platform_objects("sessions").into_iter();
    let mut open = sessions.filter(|session| session["status"] == "open");
    let session = open.next().expect("an open session");
    let id = session["id"].as_str().unwrap();
    let paid = PaymentStatus::Paid;
    let completed = app.stripe.complete_with_card(id, paid, Some(email), card);
    completed.unwrap();
    let delivered = app.stripe.wait_until_deliveries_finish(PLATFORM_KEY).await;
    delivered.unwrap();
    for purchase in app.platform_purchases().await {
        app.decide_platform(purchase.id).await;
    }
    app.settle().await;
}

async fn a_card_that_paid_for_two_subscriptions_waits(app: TestApp) {
    let platform = app.platform().await;
    review(&app, ReviewFrom::TwoSigns).await;
    subscribe(&app, &platform, "kim@example.com", "One").await;
    app.assert_partner_credited_once().await;
    subscribe(&app, &platform, "lou@example.com", "One").await;
    waiting(&app, &[Sign::CardOfFriend]).await;
    assert_eq!(app.platform_objects("balance_transactions").len(), 1);

    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let list = pat.get("/admin/referrals/reviews?tab=platform").await.text;
    assert!(list.contains("lou@example.com"), "{list}");
    let referrals = app.platform_referrals().await;
    let id = referrals[1].id.to_string();
    let form = [
        ("program", "platform"),
        ("id", &*id),
        ("decision", "approve"),
        ("reason", NOTE),
    ];
    let said = pat.done("decide_review", &form).await;
    assert_eq!(said, "The credit was approved.");
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.platform_objects("balance_transactions").len(), 2);
    let referrals = app.platform_referrals().await;
    assert_eq!(*referrals[1].status, ReferralStatus::Credited);
    app.run_jobs().await;
}

async fn a_throw_away_address_waits(app: TestApp) {
    let platform = app.platform().await;
    review(&app, ReviewFrom::OneSign).await;
    subscribe(&app, &platform, "kim@mailinator.com", "One").await;
    waiting(&app, &[Sign::DisposableAddress]).await;
    assert!(app.platform_objects("balance_transactions").is_empty());
}
