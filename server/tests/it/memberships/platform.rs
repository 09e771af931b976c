//! Plans of the brands: their subscribers have no account here, and manage them at Stripe's login page.

use domain::{
    credit::Terms,
    money::{Currency, Money},
    referral::AttributionModel,
    refund::PartialRefunds,
};
use store::{Scope, platform_settings, terms};
use stripe_stand_in::{CancelWhen, PaymentStatus};

use super::{DAY, MINUTE};
use crate::support::{PLATFORM_KEY, TestApp, on_both_databases};

on_both_databases!(
    a_subscriber_finds_stripes_login_page,
    a_plan_that_ends_in_the_hold_earns_nothing,
);

/// Kim subscribes through Jordan's link; returns `sub_…`.
async fn subscribe(app: &TestApp) -> String {
    let platform = app.platform().await;
    let kim = app.browser_at("pewpros.localhost");
    kim.get(&format!("/pricing?ref={}", platform.jordan.code))
        .await;
    kim.press("/pricing/checkout?plan=annual").await;
    let session = app.platform_objects("sessions").pop().unwrap();
    let (id, email) = (session["id"].as_str().unwrap(), Some("kim@example.com"));
    app.stripe.complete(id, PaymentStatus::Paid, email).unwrap();
    delivered(app).await;
    let session = app.platform_objects("sessions").pop().unwrap();
    session["subscription"].as_str().unwrap().to_owned()
}

async fn delivered(app: &TestApp) {
    let delivered = app.stripe.wait_until_deliveries_finish(PLATFORM_KEY).await;
    delivered.unwrap();
}

async fn a_subscriber_finds_stripes_login_page(app: TestApp) {
    subscribe(&app).await;
    let visitor = app.browser_at("pewpros.localhost");
    let link = "manage your plan at Stripe";
    assert!(!visitor.get("/pricing").await.text.contains(link));
    app.sweep_after(2 * MINUTE).await;
    app.settle().await;
    assert_eq!(app.standing().await, Some("active"));
    let page = visitor.get("/pricing").await.text;
    assert!(page.contains(link), "{page}");
    let made = app.platform_objects("portal_configurations");
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(made[0]["login_page"]["enabled"], true);
    // Read once more, it is not made again.
    app.sweep_after(370 * DAY).await;
    assert_eq!(app.platform_objects("portal_configurations").len(), 1);
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let path = "/admin/orders/subscriptions?tab=platform";
    let page = pat.get(path).await.text;
    assert!(page.contains("kim@example.com"), "{page}");
    assert!(page.contains("Next payment on "), "{page}");
}

async fn a_plan_that_ends_in_the_hold_earns_nothing(app: TestApp) {
    let db = app.state.db.writer();
    let version = platform_settings::get(db).await.unwrap().terms_version;
    let held = Terms {
        hold_days: 14,
        least: Money::new(0, Currency::Usd),
        cap: None,
        partial_refunds: PartialRefunds::TakeNothing,
        review: None,
        attribution: AttributionModel::FirstClick,
    };
    let saved = terms::save(db, Scope::Platform, version, &held).await;
    assert!(saved.unwrap());
    let plan = subscribe(&app).await;
    app.run_jobs().await;
    assert_eq!(app.credits().await.len(), 1);
    app.stripe
        .cancel_subscription(&plan, CancelWhen::Now)
        .unwrap();
    delivered(&app).await;
    app.sweep_after(2 * MINUTE).await;
    assert_eq!(app.standing().await, Some("canceled"));
    assert!(app.credits().await.is_empty());
    assert_eq!(app.platform_referral().await.status.code(), "pending");
    app.sweep_after(15 * DAY).await;
    assert!(app.platform_objects("balance_transactions").is_empty());
}
