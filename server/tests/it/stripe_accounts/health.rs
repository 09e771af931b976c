//! The badge of a connection tells the truth: whether its key works and its events arrive.

use std::time::Duration;

use app::types::admin::StripeConnection;
use services::operator::{StripeKeys, connect_stripe};
use stripe_stand_in::{Endpoint, Fault, FaultKind, PaymentStatus};

use crate::support::{Browser, Referred, STRIPE_KEY, TestApp, on_both_databases, purchase_in};

on_both_databases!(
    a_wrong_webhook_secret_is_an_alarm_after_ten_minutes,
    an_event_that_comes_in_time_is_no_alarm,
    a_refused_delivery_is_shown_and_no_alarm,
    a_key_that_stripe_rejects_needs_attention_until_one_works,
    a_key_that_was_not_tried_is_not_called_connected,
    a_test_says_that_the_key_may_not_write_coupons,
    a_refused_coupon_of_a_purchase_is_told,
);

const TEN_MINUTES: Duration = Duration::from_secs(10 * 60);

async fn shown(browser: &Browser) -> StripeConnection {
    let page = browser.fetch("payment_settings", &[]).await;
    let settings: app::types::admin::PaymentSettings = serde_json::from_str(&page.text).unwrap();
    settings.tenant.unwrap().stripe.unwrap()
}

async fn badge(browser: &Browser) -> String {
    shown(browser).await.badge
}

/// Jane buys the ticket and opens her receipt once she has paid.
async fn jane_buys(app: &TestApp, referred: &Referred) {
    let jane = app.signed_in("jane@example.com").await;
    let id = referred.ticket.id.to_string();
    let form = [
        ("product_id", id.as_str()),
        ("page", "/events/steel-challenge"),
    ];
    jane.go("buy", &form).await;
    let objects = app.stripe.objects(STRIPE_KEY, None);
    let session = objects["sessions"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    let paid = session["id"].as_str().unwrap();
    app.stripe
        .complete(paid, PaymentStatus::Paid, None)
        .unwrap();
    app.advance(Duration::from_secs(2));
    let receipt = jane
        .get(&format!("/purchases/{}", purchase_in(&session)))
        .await;
    assert!(receipt.text.contains("Your payment went through."));
}

/// The endpoint of Detroit's account signs with another secret from now on.
fn sign_with(app: &TestApp, referred: &Referred, secret: &str) {
    let url = format!("http://{}{}", app.address, referred.webhook);
    app.stripe
        .register_endpoint(Endpoint::new(STRIPE_KEY, &url, secret));
}

async fn a_wrong_webhook_secret_is_an_alarm_after_ten_minutes(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    assert_eq!(badge(&dana).await, "Connected");
    sign_with(&app, &referred, "whsec_not_the_one_here");
    app.stripe.hold_deliveries(STRIPE_KEY);
    jane_buys(&app, &referred).await;
    assert_eq!(badge(&dana).await, "Connected");
    app.advance(TEN_MINUTES);
    let now = shown(&dana).await;
    assert_eq!(now.badge, "Needs attention");
    assert!(now.wrong.unwrap().contains("its event did not arrive"));
    let said = dana.done("test_stripe", &[]).await;
    assert!(said.contains("its event did not arrive"), "{said}");
    let page = dana.get("/admin/settings?tab=payments").await.text;
    assert!(page.contains("Needs attention"), "{page}");

    // The secret is corrected, and the next payment is told.
    let version = now.version.to_string();
    let secret = "whsec_not_the_one_here";
    let fields = [("webhook_secrets", secret), ("version", &version)];
    let said = dana.done("connect_stripe", &fields).await;
    assert!(said.starts_with("The keys were saved."), "{said}");
    assert_eq!(badge(&dana).await, "Needs attention");
    app.stripe
        .release_deliveries(STRIPE_KEY, stripe_stand_in::ReleaseOrder::OldestFirst);
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    assert_eq!(badge(&dana).await, "Connected");
    app.run_jobs().await;
}

async fn an_event_that_comes_in_time_is_no_alarm(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    sign_with(&app, &referred, crate::support::WEBHOOK_SECRET);
    app.stripe.hold_deliveries(STRIPE_KEY);
    jane_buys(&app, &referred).await;
    app.stripe
        .release_deliveries(STRIPE_KEY, stripe_stand_in::ReleaseOrder::OldestFirst);
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    app.advance(TEN_MINUTES);
    assert_eq!(badge(&dana).await, "Connected");
    app.run_jobs().await;
}

async fn a_refused_delivery_is_shown_and_no_alarm(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let forged = Some("t=1,v1=00");
    for _ in 0..2 {
        let status = app.post_webhook(&referred.webhook, forged, "{}".to_owned());
        assert_eq!(status.await, 400);
    }
    let now = shown(&dana).await;
    assert_eq!(now.badge, "Connected");
    let refused = now
        .facts
        .iter()
        .find(|(name, _)| name == "Last refused delivery");
    let (_, refused) = refused.unwrap();
    assert!(refused.contains("Anybody can send such a delivery"));
}

async fn a_key_that_stripe_rejects_needs_attention_until_one_works(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    app.stripe.expire_key(STRIPE_KEY);
    app.sell(&referred).await;
    app.run_jobs().await;
    let now = shown(&dana).await;
    assert_eq!(now.badge, "Needs attention");
    assert!(now.wrong.unwrap().contains("rejects the secret key"));
    app.stripe.add_key(STRIPE_KEY, "sk_test_rolled");
    let keys = StripeKeys {
        secret_key: "sk_test_rolled",
        ..StripeKeys::default()
    };
    connect_stripe(&app.state, "detroit-arms", &keys)
        .await
        .unwrap();
    assert_eq!(badge(&dana).await, "Connected");
    app.run_jobs().await;
    app.settle().await;
}

const NO_COUPONS: &str = "may not write coupons";

async fn a_test_says_that_the_key_may_not_write_coupons(app: TestApp) {
    app.referred().await;
    let dana = app.detroit_admin().await;
    let forbidden = Fault::next(FaultKind::Forbidden).on("POST", "/v1/coupons");
    app.stripe.fault(forbidden);
    let said = dana.refused("test_stripe", &[]).await.message.unwrap();
    assert!(said.contains("allow it to write coupons"), "{said}");
    let now = shown(&dana).await;
    assert_eq!(now.badge, "Needs attention");
    assert!(now.wrong.unwrap().contains(NO_COUPONS));
    let page = dana.get("/admin/referrals").await.text;
    assert!(page.contains(NO_COUPONS), "{page}");

    // Silence says nothing of what the key may do.
    let silent = Fault::next(FaultKind::FailBefore).on("POST", "/v1/coupons");
    app.stripe.fault(silent);
    dana.done("test_stripe", &[]).await;
    assert_eq!(badge(&dana).await, "Needs attention");
    let said = dana.done("test_stripe", &[]).await;
    assert!(said.starts_with("Stripe answered."), "{said}");
    assert_eq!(badge(&dana).await, "Connected");
    let objects = app.stripe.objects(STRIPE_KEY, None);
    assert_eq!(objects["coupons"].as_array().unwrap().len(), 0);
}

async fn a_refused_coupon_of_a_purchase_is_told(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    app.give_balance(&referred.jane, "cus_jane", 2000).await;
    let jane = app.signed_in("jane@example.com").await;
    let id = referred.ticket.id.to_string();
    let form = [
        ("product_id", id.as_str()),
        ("page", "/events/steel-challenge"),
        ("use_credit", "1"),
        ("to_pay", "2500"),
    ];
    let forbidden = Fault::next(FaultKind::Forbidden).on("POST", "/v1/coupons");
    app.stripe.fault(forbidden);
    jane.refused("buy", &form).await;
    let now = shown(&dana).await;
    assert_eq!(now.badge, "Needs attention");
    assert!(now.wrong.unwrap().contains(NO_COUPONS));
    app.run_jobs().await;
    // The permission was given at Stripe.
    let to = jane.go("buy", &form).await;
    assert!(to.starts_with(&app.stripe.base_url), "{to}");
    assert_eq!(badge(&dana).await, "Connected");
    app.run_jobs().await;
}

/// A restricted key of which Stripe says nothing while it is connected.
async fn a_key_that_was_not_tried_is_not_called_connected(app: TestApp) {
    app.referred().await;
    let dana = app.detroit_admin().await;
    app.stripe.add_key(STRIPE_KEY, "rk_test_detroit");
    let silent = stripe_stand_in::Fault::next(stripe_stand_in::FaultKind::BadGateway)
        .on("GET", "/v1/")
        .times(9);
    app.stripe.fault(silent);
    let keys = StripeKeys {
        secret_key: "rk_test_detroit",
        same_account: true,
        ..StripeKeys::default()
    };
    connect_stripe(&app.state, "detroit-arms", &keys)
        .await
        .unwrap();
    app.stripe.clear_faults();
    assert_eq!(badge(&dana).await, "Not tested");
    dana.done("test_stripe", &[]).await;
    assert_eq!(badge(&dana).await, "Connected");
}
