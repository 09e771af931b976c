//! "Credit is applied": the platform referrer's customer, the current amount, an outage, the sweep.

use std::time::Duration;

use domain::referral::{FailureReason, ReferralStatus};
use serde_json::{Value, json};
use services::{
    jobs::{self, sweep},
    operator,
    queue::Job,
};
use store::platform_referrers;
use stripe_stand_in::{Fault, FaultKind};

use crate::support::{PLATFORM_KEY, Platform, TestApp, event, on_both_databases, subscription};

on_both_databases!(
    both_brands_pay_into_one_balance,
    without_stripe_the_credit_fails_and_says_so,
    at_amount_zero_the_referral_stays_pending,
    the_amount_is_the_one_at_processing,
    a_customer_that_only_has_the_partners_address_is_left_alone,
    a_customer_that_we_made_comes_first,
    a_deleted_customer_is_replaced,
    an_outage_ends_in_failed_with_words,
    the_sweep_finds_what_a_crash_lost,
    a_renamed_partners_credit_goes_to_the_new_address,
    an_address_that_is_corrected_meanwhile_stays_corrected,
);

async fn sale(app: &TestApp, platform: &Platform, id: &str) {
    let code = Some(platform.jordan.code.as_str());
    let session = subscription(id, &platform.pewpros, "kim@example.com", code);
    app.subscribe(platform, session).await;
}

fn plant(app: &TestApp, customers: Value) {
    let seed = json!({"secret_key": PLATFORM_KEY, "customers": customers});
    app.stripe
        .seed(serde_json::from_value(seed).unwrap())
        .unwrap();
}

async fn both_brands_pay_into_one_balance(app: TestApp) {
    let platform = app.platform().await;
    sale(&app, &platform, "cs_1").await;
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_2", &platform.coachpros, "lou@example.com", code);
    app.subscribe(&platform, session).await;
    let customers = app.platform_objects("customers");
    assert_eq!(customers.len(), 1, "{customers:?}");
    assert_eq!(customers[0]["balance"], -10_000);
    assert_eq!(customers[0]["name"], "Jordan Reyes");
    let known = app.partner_customer(platform.jordan.id).await;
    assert_eq!(customers[0]["id"].as_str(), known.as_deref());
    let [first, second] = &app.credits().await[..] else {
        panic!("two credits");
    };
    assert_eq!(
        (first.site_id, second.site_id),
        (platform.pewpros.id(), platform.coachpros.id())
    );
    assert_eq!(
        (first.program.code(), first.beneficiary_id),
        ("platform", None)
    );
}

async fn without_stripe_the_credit_fails_and_says_so(app: TestApp) {
    let platform = app.platform().await;
    operator::disconnect_platform_stripe(&app.state)
        .await
        .unwrap();
    sale(&app, &platform, "cs_1").await;
    let referral = app.platform_referral().await;
    assert_eq!(referral.status, ReferralStatus::Failed);
    assert_eq!(
        referral.failure_reason,
        Some(FailureReason::StripeNotConnected.into())
    );
    assert_eq!(app.credits().await[0].state.code(), "failed");
}

async fn at_amount_zero_the_referral_stays_pending(app: TestApp) {
    let platform = app.platform().await;
    operator::set_platform_credit(&app.state, 0).await.unwrap();
    sale(&app, &platform, "cs_1").await;
    let referral = app.platform_referral().await;
    assert_eq!(referral.status, ReferralStatus::Pending);
    assert!(app.credits().await.is_empty());
    assert_eq!(
        app.platform_purchases().await[0].credit_check.code(),
        "done"
    );
}

async fn the_amount_is_the_one_at_processing(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    let body = event("evt_1", "checkout.session.completed", session);
    assert_eq!(app.deliver_to_platform(&platform, &body).await, 200);
    operator::set_platform_credit(&app.state, 7500)
        .await
        .unwrap();
    let purchase = app.platform_purchases().await.remove(0);
    app.decide_platform(purchase.id).await;
    assert_eq!(app.platform_referral().await.credit_cents, Some(7500));
    assert_eq!(
        app.platform_objects("balance_transactions")[0]["amount"],
        -7500
    );
}

/// Whoever typed the partner's address at Stripe first owned the credit once.
async fn a_customer_that_only_has_the_partners_address_is_left_alone(app: TestApp) {
    let platform = app.platform().await;
    plant(
        &app,
        json!([
            {"id": "cus_young", "email": "jordan@example.com", "created": 1_780_000_000},
            {"id": "cus_oldest", "email": "jordan@example.com", "created": 1_600_000_000},
        ]),
    );
    sale(&app, &platform, "cs_1").await;
    app.assert_partner_credited_once().await;
    sale(&app, &platform, "cs_2").await;
    let theirs = app.partner_customer(platform.jordan.id).await.unwrap();
    assert!(
        !["cus_young", "cus_oldest"].contains(&theirs.as_str()),
        "{theirs}"
    );
    for entry in app.platform_objects("balance_transactions") {
        assert_eq!(entry["customer"].as_str(), Some(theirs.as_str()));
    }
    assert_eq!(app.platform_objects("customers").len(), 3, "one was made");
}

async fn a_customer_that_we_made_comes_first(app: TestApp) {
    let platform = app.platform().await;
    let ours = json!({
        "realm": platform.pewpros.row.realm,
        "platform_referrer_id": platform.jordan.id.to_string(),
    });
    let others = json!({
        "realm": "of another installation",
        "platform_referrer_id": platform.jordan.id.to_string(),
    });
    let email = "jordan@example.com";
    plant(
        &app,
        json!([
            {"id": "cus_old", "email": email, "created": 1_600_000_000, "metadata": others},
            {"id": "cus_ours", "email": email, "created": 1_700_000_000, "metadata": ours},
        ]),
    );
    sale(&app, &platform, "cs_1").await;
    assert_eq!(
        app.platform_objects("balance_transactions")[0]["customer"],
        "cus_ours"
    );
}

async fn a_deleted_customer_is_replaced(app: TestApp) {
    let platform = app.platform().await;
    sale(&app, &platform, "cs_1").await;
    let first = app.partner_customer(platform.jordan.id).await.unwrap();
    let url = format!("{}v1/customers/{first}", app.stripe.base_url);
    let deleted = reqwest::Client::new()
        .delete(url)
        .bearer_auth(PLATFORM_KEY)
        .send();
    assert_eq!(deleted.await.unwrap().status(), 200);
    sale(&app, &platform, "cs_2").await;
    let second = app.partner_customer(platform.jordan.id).await.unwrap();
    assert_ne!(second, first);
    let credits = app.credits().await;
    assert_eq!(
        credits[1].stripe_customer_id.as_deref(),
        Some(second.as_str())
    );
    assert_eq!(credits[1].state.code(), "issued");
}

async fn an_outage_ends_in_failed_with_words(app: TestApp) {
    let platform = app.platform().await;
    let outage = Fault::next(FaultKind::BadGateway).on("GET", "/v1/customers");
    app.stripe.fault(outage.times(1_000));
    sale(&app, &platform, "cs_1").await;
    app.settle().await;
    let referral = app.platform_referral().await;
    assert_eq!(referral.status, ReferralStatus::Failed);
    assert_eq!(
        referral.failure_reason,
        Some(FailureReason::Unreachable.into())
    );
}

async fn the_sweep_finds_what_a_crash_lost(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    let body = event("evt_1", "checkout.session.completed", session);
    assert_eq!(app.deliver_to_platform(&platform, &body).await, 200);
    let job = Job::DecidePlatformCredit {
        purchase_id: app.platform_purchases().await[0].id,
    };
    sweep::round(&app.state).await.unwrap();
    let swept = format!("{}:sweep:", job.key());
    let again = |jobs: Vec<(Option<String>, String, String)>| {
        let keys = jobs.into_iter().filter_map(|(key, _, _)| key);
        keys.filter(|key| key.starts_with(&swept)).count()
    };
    assert_eq!(
        again(app.jobs().await),
        0,
        "its job may still be on its way"
    );
    app.advance(Duration::from_secs(60));
    sweep::round(&app.state).await.unwrap();
    assert_eq!(again(app.jobs().await), 1);
    jobs::perform(&app.state, &job).await.unwrap();
    app.advance(Duration::from_secs(60));
    sweep::round(&app.state).await.unwrap();
    assert_eq!(again(app.jobs().await), 1, "decided");
    app.assert_partner_credited_once().await;
}

async fn a_renamed_partners_credit_goes_to_the_new_address(app: TestApp) {
    let platform = app.platform().await;
    sale(&app, &platform, "cs_1").await;
    let jordan = app.partner_now(&platform.jordan).await;
    let email = domain::account::Email::parse("reyes@example.com").unwrap();
    let db = app.state.db.writer();
    let saved = platform_referrers::set_name_and_email(db, &jordan, "J. Reyes", &email).await;
    assert!(saved.unwrap());
    sale(&app, &platform, "cs_2").await;
    let entries = app.platform_objects("balance_transactions");
    assert_ne!(entries[0]["customer"], entries[1]["customer"]);
    let customers = app.platform_objects("customers");
    let second = customers
        .iter()
        .find(|customer| customer["id"] == entries[1]["customer"])
        .unwrap();
    assert_eq!(second["email"], "reyes@example.com");
    assert_eq!(second["name"], "J. Reyes");
}

/// A job has asked Stripe for the customers with the old address when an admin corrects the
/// address.
async fn an_address_that_is_corrected_meanwhile_stays_corrected(app: TestApp) {
    let platform = app.platform().await;
    plant(
        &app,
        json!([{"id": "cus_somebody_else", "email": "jordan@example.com"}]),
    );
    let hang = Fault::next(FaultKind::HangAfter).on("GET", "/v1/customers");
    app.stripe.fault(hang);
    let correct = async {
        let asked = app.stripe.wait_until_received("GET", "/v1/customers", 1);
        asked.await.unwrap();
        let jordan = app.partner_now(&platform.jordan).await;
        let email = domain::account::Email::parse("reyes@example.com").unwrap();
        let db = app.state.db.writer();
        let saved = platform_referrers::set_name_and_email(db, &jordan, &jordan.name, &email);
        assert!(saved.await.unwrap());
        app.stripe.release_hung();
    };
    tokio::join!(sale(&app, &platform, "cs_1"), correct);
    app.settle().await;
    sale(&app, &platform, "cs_2").await;
    let theirs = app.partner_customer(platform.jordan.id).await;
    let theirs = theirs.expect("a customer of their own");
    assert_ne!(theirs, "cus_somebody_else");
    let entries = app.platform_objects("balance_transactions");
    let customers: Vec<_> = entries.iter().map(|entry| &entry["customer"]).collect();
    assert_eq!(customers, [theirs.as_str(), theirs.as_str()]);
}
