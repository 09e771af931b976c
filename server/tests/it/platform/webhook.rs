//! Stripe's events about subscriptions: each is recorded once, in any order, and only for the
//! platform.

use domain::referral::{FailureReason, ReferralStatus};
use futures::future::join_all;
use serde_json::json;
use stripe_stand_in::{AsyncPaymentResult, PaymentStatus};

use crate::support::{
    PLATFORM_KEY, STRIPE_KEY, TestApp, WEBHOOK_SECRET, event, on_both_databases, subscription,
};

on_both_databases!(
    a_sale_from_click_to_credit,
    twenty_deliveries_of_one_event_make_one_credit,
    every_event_of_a_session_at_once_makes_one_credit,
    unpaid_waits_and_then_pays,
    a_refused_slow_payment_earns_nothing,
    late_news_changes_nothing,
    an_expired_session_leaves_nothing,
    what_makes_no_referral_is_a_sale_all_the_same,
    a_partner_earns_nothing_from_themselves,
    a_tenants_account_sells_no_subscriptions,
    the_platforms_account_sells_nothing_else,
    a_free_subscription_is_no_referral,
    an_event_that_says_little_is_read_as_far_as_it_goes,
);

const COMPLETED: &str = "checkout.session.completed";
const SUCCEEDED: &str = "checkout.session.async_payment_succeeded";
const FAILED: &str = "checkout.session.async_payment_failed";
const EXPIRED: &str = "checkout.session.expired";

async fn a_sale_from_click_to_credit(app: TestApp) {
    let platform = app.platform().await;
    let code = platform.jordan.code.as_str();
    let prospect = app.browser_at("pewpros.localhost");
    prospect.get(&format!("/pricing?ref={code}")).await;
    prospect.press("/pricing/checkout?plan=annual").await;
    let session = app.platform_objects("sessions").remove(0);
    let id = session["id"].as_str().unwrap();
    app.stripe
        .complete(id, PaymentStatus::Paid, Some("kim@example.com"))
        .unwrap();
    app.stripe
        .wait_until_delivered(PLATFORM_KEY, COMPLETED, 1)
        .await
        .unwrap();
    let purchase = app.platform_purchases().await.remove(0);
    let decide = format!("decide-platform:{}", purchase.id);
    let jobs = app.jobs().await;
    assert!(
        jobs.iter().any(|job| job.0.as_ref() == Some(&decide)),
        "{jobs:?}"
    );
    app.decide_platform(purchase.id).await;
    app.assert_partner_credited_once().await;
    assert_eq!(purchase.site_id, platform.pewpros.id());
    assert_eq!(
        (purchase.plan.as_str(), purchase.state.code()),
        ("annual", "paid")
    );
    assert_eq!(purchase.checkout_session_id, id);
    assert_eq!(purchase.paid_cents, Some(125_000));
    assert_eq!(purchase.customer_email.as_deref(), Some("kim@example.com"));
    assert!(purchase.subscription_id.is_some());
    let referral = app.platform_referral().await;
    assert_eq!(referral.referrer_id, platform.jordan.id);
    assert_eq!(referral.purchase_id, purchase.id);
    assert_eq!(
        (referral.plan.as_str(), referral.customer_email.as_str()),
        ("annual", "kim@example.com")
    );
    assert!(referral.clicked_at.is_some(), "survives Stripe's page");
    let theirs = app.platform_objects("balance_transactions").remove(0);
    let customers = app.platform_objects("customers");
    let customer = customers
        .iter()
        .find(|one| one["id"] == theirs["customer"])
        .unwrap();
    assert_eq!(customer["email"], "jordan@example.com");
}

async fn twenty_deliveries_of_one_event_make_one_credit(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    let body = event("evt_1", COMPLETED, session);
    let told = join_all((0..20).map(|_| app.deliver_to_platform(&platform, &body))).await;
    assert!(told.iter().all(|status| *status == 200), "{told:?}");
    let purchase = app.platform_purchases().await.remove(0).id;
    tokio::join!(app.decide_platform(purchase), app.decide_platform(purchase));
    app.assert_partner_credited_once().await;
    assert_eq!(app.platform_purchases().await.len(), 1);
}

async fn every_event_of_a_session_at_once_makes_one_credit(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    let bodies: Vec<_> = [COMPLETED, SUCCEEDED, COMPLETED, SUCCEEDED]
        .into_iter()
        .enumerate()
        .map(|(number, kind)| {
            let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
            event(&format!("evt_{number}"), kind, session)
        })
        .collect();
    let told = join_all(
        bodies
            .iter()
            .map(|body| app.deliver_to_platform(&platform, body)),
    )
    .await;
    assert!(told.iter().all(|status| *status == 200), "{told:?}");
    let purchase = app.platform_purchases().await.remove(0).id;
    app.decide_platform(purchase).await;
    app.assert_partner_credited_once().await;
    assert_eq!(app.platform_purchases().await.len(), 1);
}

async fn unpaid_waits_and_then_pays(app: TestApp) {
    let platform = app.platform().await;
    let code = platform.jordan.code.as_str();
    let prospect = app.browser_at("coachpros.localhost");
    prospect.get(&format!("/pricing?ref={code}")).await;
    prospect.press("/pricing/checkout?plan=monthly").await;
    let session = app.platform_objects("sessions").remove(0);
    let id = session["id"].as_str().unwrap();
    let buyer = Some("kim@example.com");
    app.stripe
        .complete(id, PaymentStatus::Unpaid, buyer)
        .unwrap();
    app.stripe
        .wait_until_delivered(PLATFORM_KEY, COMPLETED, 1)
        .await
        .unwrap();
    let waiting = app.platform_purchases().await.remove(0);
    assert_eq!(
        (waiting.state.code(), waiting.credit_check.code()),
        ("processing", "none")
    );
    assert!(app.platform_referrals().await.is_empty());
    app.stripe
        .finish_async_payment(id, AsyncPaymentResult::Succeeded)
        .unwrap();
    app.stripe
        .wait_until_delivered(PLATFORM_KEY, SUCCEEDED, 1)
        .await
        .unwrap();
    let paid = app.platform_purchases().await.remove(0);
    assert_eq!(
        (paid.state.code(), paid.credit_check.code()),
        ("paid", "due")
    );
    app.decide_platform(paid.id).await;
    app.assert_partner_credited_once().await;
}

async fn a_refused_slow_payment_earns_nothing(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    let mut session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    session["payment_status"] = json!("unpaid");
    for (id, kind) in [("evt_1", FAILED), ("evt_2", COMPLETED)] {
        let body = event(id, kind, session.clone());
        assert_eq!(app.deliver_to_platform(&platform, &body).await, 200);
        let purchase = app.platform_purchases().await.remove(0);
        assert_eq!(
            (purchase.state.code(), purchase.credit_check.code()),
            ("failed", "none")
        );
    }
    assert!(app.platform_referrals().await.is_empty());
}

async fn late_news_changes_nothing(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    let mut session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    app.subscribe(&platform, session.clone()).await;
    session["payment_status"] = json!("unpaid");
    session["metadata"]["referral_code"] = json!("zzzzzzzz");
    for (id, kind) in [
        ("e1", COMPLETED),
        ("e2", FAILED),
        ("e3", EXPIRED),
        ("e4", SUCCEEDED),
    ] {
        let body = event(id, kind, session.clone());
        assert_eq!(app.deliver_to_platform(&platform, &body).await, 200);
    }
    let purchase = app.platform_purchases().await.remove(0);
    app.decide_platform(purchase.id).await;
    assert_eq!(purchase.state.code(), "paid");
    assert_eq!(purchase.code.as_deref(), code);
    app.assert_partner_credited_once().await;
}

async fn an_expired_session_leaves_nothing(app: TestApp) {
    let platform = app.platform().await;
    let session = subscription("cs_1", &platform.pewpros, "", None);
    let body = event("evt_1", EXPIRED, session);
    assert_eq!(app.deliver_to_platform(&platform, &body).await, 200);
    assert!(app.platform_purchases().await.is_empty());
}

async fn what_makes_no_referral_is_a_sale_all_the_same(app: TestApp) {
    let platform = app.platform().await;
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    let lee = app.platform_referrer("Lee Off", "lee@example.com").await;
    let (db, now) = (app.state.db.writer(), app.state.now());
    store::platform_referrers::set_disabled(db, &lee, Some(now))
        .await
        .unwrap();
    let jordan = platform.jordan.code.as_str();
    for (number, (code, plan, sentence)) in [
        (None, "annual", "no referral code"),
        (
            Some("ab3kx7mn"),
            "annual",
            "no platform referrer has this code",
        ),
        (
            Some("zzzzzzzz"),
            "monthly",
            "no platform referrer has this code",
        ),
        (
            Some("not a code"),
            "monthly",
            "no platform referrer has this code",
        ),
        (
            Some(lee.code.as_str()),
            "annual",
            "the platform referrer is disabled",
        ),
        (Some(jordan), "weekly", "the plan is unknown"),
        (Some(jordan), "", "the plan is unknown"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("cs_{number}");
        let mut session = subscription(&id, &platform.coachpros, "kim@example.com", code);
        session["metadata"]["plan"] = json!(plan);
        let body = event(&format!("evt_{number}"), COMPLETED, session);
        assert_eq!(app.deliver_to_platform(&platform, &body).await, 200);
        let outcome = app.outcome_of(&format!("evt_{number}")).await;
        assert!(outcome.contains(sentence), "{code:?} {plan}: {outcome}");
        let purchase = app.platform_purchases().await.pop().unwrap();
        assert_eq!(
            (purchase.plan.as_str(), purchase.state.code()),
            (plan, "paid")
        );
        assert_eq!(purchase.credit_check.code(), "done");
    }
    assert_eq!(app.platform_purchases().await.len(), 7);
    assert!(app.platform_referrals().await.is_empty());
}

async fn a_partner_earns_nothing_from_themselves(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    for (number, email) in ["JORDAN@example.com", "jordan+shop@EXAMPLE.com"]
        .into_iter()
        .enumerate()
    {
        let id = format!("cs_{number}");
        let session = subscription(&id, &platform.pewpros, email, code);
        app.subscribe(&platform, session).await;
    }
    let referrals = app.platform_referrals().await;
    assert_eq!(referrals.len(), 2);
    for referral in referrals {
        assert_eq!(referral.status, ReferralStatus::Failed);
        assert_eq!(
            referral.failure_reason,
            Some(FailureReason::SelfReferral.into())
        );
    }
    for purchase in app.platform_purchases().await {
        assert_eq!(purchase.credit_check.code(), "done");
    }
    assert!(app.credits().await.is_empty());
    assert!(app.platform_objects("balance_transactions").is_empty());
}

async fn a_tenants_account_sells_no_subscriptions(app: TestApp) {
    let platform = app.platform().await;
    let webhook = app
        .connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    let body = event("evt_1", COMPLETED, session);
    assert_eq!(app.deliver(&webhook, &body).await, 200);
    assert!(app.platform_purchases().await.is_empty());
    assert!(app.platform_referrals().await.is_empty());
    let outcome = app.outcome_of("evt_1").await;
    assert_eq!(outcome, "no purchase has this Checkout session");
    let by_the_wrong_secret = app.deliver(&platform.webhook, &body).await;
    assert_eq!(by_the_wrong_secret, 400);
}

async fn the_platforms_account_sells_nothing_else(app: TestApp) {
    let platform = app.platform().await;
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_of_detroit").await;
    let code = Some(platform.jordan.code.as_str());
    let sold = |id| subscription(id, &platform.pewpros, "kim@example.com", code);
    let mut tenants = sold("cs_of_detroit");
    tenants["metadata"] = json!({"purchase_id": purchase.id.to_string()});
    let mut no_brand = sold("cs_2");
    no_brand["metadata"]["brand"] = json!("nobody");
    let mut a_tenant = sold("cs_3");
    a_tenant["metadata"]["brand"] = json!("detroit-arms");
    for (id, session, answer, outcome) in [
        ("evt_1", tenants, 200, "not a subscription of ours"),
        ("evt_2", no_brand, 409, "there is no brand \"nobody\""),
        ("evt_3", a_tenant, 409, "there is no brand \"detroit-arms\""),
    ] {
        let body = event(id, COMPLETED, session);
        assert_eq!(app.deliver_to_platform(&platform, &body).await, answer);
        assert_eq!(app.outcome_of(id).await, outcome);
    }
    assert_eq!(app.purchase(purchase.id).await.state.code(), "open");
    assert!(app.platform_purchases().await.is_empty());
}

async fn a_free_subscription_is_no_referral(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    let mut free = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    free["payment_status"] = json!("no_payment_required");
    free["amount_total"] = json!(0);
    app.subscribe(&platform, free).await;
    let purchase = app.platform_purchases().await.remove(0);
    assert_eq!(
        (purchase.state.code(), purchase.credit_check.code()),
        ("paid", "done")
    );
    assert!(app.platform_referrals().await.is_empty());
}

async fn an_event_that_says_little_is_read_as_far_as_it_goes(app: TestApp) {
    let platform = app.platform().await;
    let code = platform.jordan.code.as_str();
    let session = json!({
        "id": "cs_1",
        "customer_details": null,
        "customer_email": "kim@example.com",
        "amount_total": "125000",
        "currency": 7,
        "metadata": {"program": "platform", "brand": "pewpros", "plan": "monthly",
            "referral_code": code, "referral_clicked_at": "yesterday"},
    });
    app.subscribe(&platform, session).await;
    let purchase = app.platform_purchases().await.remove(0);
    assert_eq!(purchase.customer_email.as_deref(), Some("kim@example.com"));
    assert_eq!(
        (purchase.currency.code(), purchase.paid_cents),
        ("usd", Some(12_500))
    );
    assert_eq!(purchase.clicked_at, None);
    app.assert_partner_credited_once().await;
}
