//! A prospect's browser has one open Checkout session per brand, and the session keeps the
//! prospect's referral code.

use std::time::Duration;

use serde_json::{Value, json};
use stripe_stand_in::{AsyncPaymentResult, Fault, FaultKind, PaymentStatus};

use crate::support::{Browser, PLATFORM_KEY, Platform, TestApp, on_both_databases};

on_both_databases!(
    another_plan_ends_the_open_page_and_takes_the_code_over,
    the_same_plan_answers_the_same_page,
    without_an_end_there_is_no_second_page,
    after_back_the_page_is_offered_and_can_be_released,
    closing_the_page_is_limited,
    what_was_paid_meanwhile_leads_to_the_thank_you_page,
    a_page_that_stripe_refused_is_begun_anew_and_known_without_a_webhook,
    a_slow_payment_that_fails_leaves_the_code,
);

/// A prospect whom Jordan's link brought to PewPros.
async fn prospect(app: &TestApp) -> (Platform, Browser) {
    let platform = app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    let code = &platform.jordan.code;
    browser.get(&format!("/pricing?ref={code}")).await;
    (platform, browser)
}

fn status(session: &Value) -> &str {
    session["status"].as_str().unwrap()
}

/// The prospect presses Monthly, goes back, presses Annual and pays.
async fn another_plan_ends_the_open_page_and_takes_the_code_over(app: TestApp) {
    let (platform, browser) = prospect(&app).await;
    browser.get_started("monthly").await;
    let url = browser.get_started("annual").await;
    let [monthly, annual] = &app.platform_objects("sessions")[..] else {
        panic!("not two sessions");
    };
    assert_eq!((status(monthly), status(annual)), ("expired", "open"));
    assert_eq!(annual["url"], url.as_str());
    assert_eq!(annual["metadata"]["referral_code"], platform.jordan.code);
    assert_eq!(
        annual["metadata"]["referral_clicked_at"], monthly["metadata"]["referral_clicked_at"],
        "the click is the first one's"
    );
    let id = annual["id"].as_str().unwrap();
    app.stripe
        .complete(id, PaymentStatus::Paid, Some("kim@example.com"))
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(PLATFORM_KEY)
        .await
        .unwrap();
    let [sale] = &app.platform_purchases().await[..] else {
        panic!("not one sale");
    };
    app.decide_platform(sale.id).await;
    app.assert_partner_credited_once().await;
}

async fn the_same_plan_answers_the_same_page(app: TestApp) {
    let (_, browser) = prospect(&app).await;
    let url = browser.get_started("annual").await;
    assert_eq!(browser.get_started("annual").await, url);
    let other = app.browser_at("pewpros.localhost");
    assert_ne!(other.get_started("annual").await, url, "another browser");
    assert_eq!(app.platform_objects("sessions").len(), 2);
}

async fn without_an_end_there_is_no_second_page(app: TestApp) {
    let (platform, browser) = prospect(&app).await;
    browser.get_started("monthly").await;
    let expire = Fault::next(FaultKind::DropBefore);
    let expire = expire
        .on("POST", "/v1/checkout/sessions/")
        .ending("/expire");
    app.stripe.fault(expire);
    assert_eq!(browser.get_started("annual").await, "/pricing?plan=annual");
    let page = browser.get("/pricing?plan=annual").await.text;
    assert!(page.contains("Nothing was charged"), "{page}");
    assert_eq!(app.platform_objects("sessions").len(), 1);
    browser.get_started("annual").await;
    let annual = app.platform_objects("sessions").pop().unwrap();
    assert_eq!(annual["metadata"]["referral_code"], platform.jordan.code);
}

async fn after_back_the_page_is_offered_and_can_be_released(app: TestApp) {
    let (platform, browser) = prospect(&app).await;
    browser.get_started("monthly").await;
    let page = browser.get("/pricing?plan=monthly&cancelled=1").await.text;
    assert!(
        page.contains("Continue to payment") && page.contains("Cancel this purchase"),
        "{page}"
    );
    assert_eq!(
        status(&app.platform_objects("sessions")[0]),
        "open",
        "no GET ends it"
    );
    let released = browser.press("/pricing/release").await;
    assert_eq!(
        (released.status.as_u16(), released.header("location")),
        (303, "/pricing")
    );
    assert_eq!(status(&app.platform_objects("sessions")[0]), "expired");
    let page = browser.get("/pricing").await.text;
    assert!(!page.contains("Continue to payment"), "{page}");
    browser.get_started("annual").await;
    let annual = app.platform_objects("sessions").pop().unwrap();
    assert_eq!(
        annual["metadata"]["referral_code"], platform.jordan.code,
        "kept"
    );
}

async fn closing_the_page_is_limited(app: TestApp) {
    let (_platform, browser) = prospect(&app).await;
    browser.get_started("monthly").await;
    let here = "127.0.0.1".parse().unwrap();
    app.use_up(|| app.state.rate_limiter.check_checkout(here));
    browser.press("/pricing/release").await;
    assert_eq!(status(&app.platform_objects("sessions")[0]), "open");
    let page = browser.get("/pricing").await.text;
    assert!(page.contains("Too many attempts"), "{page}");
}

async fn what_was_paid_meanwhile_leads_to_the_thank_you_page(app: TestApp) {
    let (_, browser) = prospect(&app).await;
    app.stripe.hold_deliveries(PLATFORM_KEY);
    browser.get_started("monthly").await;
    let session = app.platform_objects("sessions").remove(0);
    let id = session["id"].as_str().unwrap();
    app.stripe
        .complete(id, PaymentStatus::Paid, Some("kim@example.com"))
        .unwrap();
    let receipt = format!("/pricing/thank-you?session_id={id}");
    assert_eq!(browser.get_started("annual").await, receipt);
    assert_eq!(app.platform_purchases().await.len(), 1);
    assert_eq!(
        app.platform_objects("subscriptions")[0]["status"],
        json!("active")
    );
    app.run_jobs().await;
}

/// The secret key is rejected for a moment; then it works, and no webhook event comes.
async fn a_page_that_stripe_refused_is_begun_anew_and_known_without_a_webhook(app: TestApp) {
    let (platform, browser) = prospect(&app).await;
    app.stripe.hold_deliveries(PLATFORM_KEY);
    let refused = Fault::next(FaultKind::Unauthorized).on("POST", "/v1/checkout/sessions");
    app.stripe.fault(refused);
    assert_eq!(browser.get_started("annual").await, "/pricing?plan=annual");
    browser.press("/pricing/release").await;
    browser.get_started("annual").await;
    let session = app.platform_objects("sessions").pop().unwrap();
    assert_eq!(session["metadata"]["referral_code"], platform.jordan.code);
    let id = session["id"].as_str().unwrap();
    app.stripe
        .complete(id, PaymentStatus::Paid, Some("kim@example.com"))
        .unwrap();
    app.sweep_after(Duration::from_secs(5 * 60)).await;
    app.assert_partner_credited_once().await;
}

async fn a_slow_payment_that_fails_leaves_the_code(app: TestApp) {
    let (platform, browser) = prospect(&app).await;
    browser.get_started("annual").await;
    let session = app.platform_objects("sessions").remove(0);
    let id = session["id"].as_str().unwrap();
    app.stripe
        .complete(id, PaymentStatus::Unpaid, Some("kim@example.com"))
        .unwrap();
    app.stripe
        .finish_async_payment(id, AsyncPaymentResult::Failed)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(PLATFORM_KEY)
        .await
        .unwrap();
    browser.get_started("annual").await;
    let again = app.platform_objects("sessions").pop().unwrap();
    assert_ne!(again["id"], session["id"]);
    assert_eq!(again["metadata"]["referral_code"], platform.jordan.code);
}
