//! The guide's rules: "Key rules" of Scenario 1 and the FAQ.

use domain::referral::ReferralStatus;
use services::operator;

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_first_purchase_earns_the_credit,
    a_second_purchase_earns_no_second_credit,
    two_purchases_at_once_earn_one_credit,
    the_amount_is_the_one_at_processing,
    at_amount_zero_the_referral_stays_pending,
    without_stripe_the_credit_fails_and_says_so,
    somebody_who_was_not_referred_earns_nobody_anything,
    the_customer_is_made_once_and_kept,
    a_customer_of_another_account_is_replaced,
    a_customer_that_only_shares_the_address_is_left_alone,
);

async fn set_amount(app: &TestApp, cents: i64) {
    operator::set_tenant_credit(&app.state, "detroit-arms", cents)
        .await
        .unwrap();
}

async fn a_first_purchase_earns_the_credit(app: TestApp) {
    let referred = app.referred().await;
    assert_eq!(app.status().await, ReferralStatus::Pending);
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(app.referral().await.purchase_id, Some(sale));
}

async fn a_second_purchase_earns_no_second_credit(app: TestApp) {
    let referred = app.referred().await;
    for _ in 0..3 {
        let sale = app.sell(&referred).await;
        app.decide(sale).await;
    }
    app.assert_credited_once(&referred.mia).await;
}

async fn two_purchases_at_once_earn_one_credit(app: TestApp) {
    let referred = app.referred().await;
    let (first, second) = (app.sell(&referred).await, app.sell(&referred).await);
    tokio::join!(app.decide(first), app.decide(second), app.decide(first));
    app.assert_credited_once(&referred.mia).await;
}

async fn the_amount_is_the_one_at_processing(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    set_amount(&app, 2500).await;
    app.decide(sale).await;
    assert_eq!(app.balance_transactions()[0]["amount"], -2500);
    assert_eq!(
        app.notifications(&referred.mia).await,
        ["You earned a $25.00 credit from your referral"]
    );
}

async fn at_amount_zero_the_referral_stays_pending(app: TestApp) {
    let referred = app.referred().await;
    set_amount(&app, 0).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    assert_eq!(app.status().await, ReferralStatus::Pending);
    assert!(app.credits().await.is_empty());
    assert!(app.balance_transactions().is_empty());
    assert_eq!(app.purchase(sale).await.credit_check.code(), "done");
}

async fn without_stripe_the_credit_fails_and_says_so(app: TestApp) {
    let referred = app.referred().await;
    operator::disconnect_stripe(&app.state, "detroit-arms")
        .await
        .unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let referral = app.referral().await;
    assert_eq!(referral.status, ReferralStatus::Failed);
    assert_eq!(
        referral.failure_reason.unwrap().sentence(),
        "Stripe is not connected"
    );
    assert_eq!(app.credits().await[0].state.code(), "failed");
    assert!(app.notifications(&referred.mia).await.is_empty());
}

async fn somebody_who_was_not_referred_earns_nobody_anything(app: TestApp) {
    let mut referred = app.referred().await;
    referred.jane = app.member(&app.detroit, "Omar", "omar@example.com").await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    assert!(app.credits().await.is_empty());
    assert_eq!(app.status().await, ReferralStatus::Pending);
}

async fn the_customer_is_made_once_and_kept(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let known = app.customer_row(referred.mia.id).await.expect("remembered");
    let customer = known.customer_id.expect("remembered");
    assert_eq!(app.balance_transactions()[0]["customer"], customer.as_str());
    assert_eq!(known.balance_cents, Some(1000));
    let made = app
        .stripe
        .requests()
        .iter()
        .filter(|call| call.method == "POST" && call.path == "/v1/customers")
        .count();
    assert_eq!(made, 1);
}

async fn a_customer_of_another_account_is_replaced(app: TestApp) {
    let referred = app.referred().await;
    app.remember_customer(referred.mia.id, "cus_of_another_account")
        .await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_customer_that_only_shares_the_address_is_left_alone(app: TestApp) {
    let referred = app.referred().await;
    let strangers = serde_json::json!({
        "secret_key": crate::support::STRIPE_KEY,
        "customers": [{"id": "cus_stranger", "email": "mia@example.com"}],
    });
    app.stripe
        .seed(serde_json::from_value(strangers).unwrap())
        .unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.assert_credited_once(&referred.mia).await;
    assert_ne!(app.balance_transactions()[0]["customer"], "cus_stranger");
}
