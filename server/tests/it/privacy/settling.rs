//! What is open when an account is deleted ends first, and only once Stripe says so (`docs/rules.md` 102).

use std::time::Duration;

use serde_json::Value;
use stripe_stand_in::{AsyncPaymentResult, Fault, FaultKind, PaymentStatus};

use super::{DELETED, delete};
use crate::support::{Browser, Referred, STRIPE_KEY, TestApp, on_both_databases, stripe};

on_both_databases!(
    an_open_page_expires_and_its_credit_is_lost_too,
    a_page_that_stripe_does_not_expire_is_waited_for,
    a_slow_payment_is_waited_for,
    after_a_month_nothing_is_waited_for,
    the_customer_at_stripe_tells_nobody,
);

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Jane, whom Mia referred, with $20.00 on her balance, and her browser.
async fn scene(app: &TestApp) -> (Referred, Browser) {
    let referred = app.referred().await;
    app.give_balance(&referred.jane, "cus_jane", 2000).await;
    let jane = app.signed_in("jane@example.com").await;
    (referred, jane)
}

/// Begins to buy the ticket for $45.00 with all the credit.
async fn begin(jane: &Browser, referred: &Referred) {
    let id = referred.ticket.id.to_string();
    let form = [
        ("product_id", id.as_str()),
        ("page", "/events/steel-challenge"),
        ("use_credit", "1"),
        ("to_pay", "2500"),
        ("form_token", "form1"),
    ];
    jane.go("buy", &form).await;
}

fn session(app: &TestApp) -> Value {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    stripe::listed(&objects["sessions"])
        .pop()
        .expect("a session")
}

async fn an_open_page_expires_and_its_credit_is_lost_too(app: TestApp) {
    let (referred, jane) = scene(&app).await;
    begin(&jane, &referred).await;
    let page = jane.get("/account/delete").await.text;
    assert!(
        page.contains("I will lose my credit of $20.00."),
        "what the page holds: {page}"
    );
    assert_eq!(delete(&jane, 2000).await, DELETED);
    app.sweep_after(MINUTE).await;
    assert_eq!(session(&app)["status"], "expired");
    assert!(app.is_deleted(&referred.jane).await);
    // The debit went back before, so that the ledger agrees with Stripe.
    let kinds: Vec<_> = app
        .credits()
        .await
        .iter()
        .filter(|row| row.kind.code() != "observed")
        .map(|row| (row.kind.code(), row.state.code()))
        .collect();
    assert_eq!(kinds, [("spent", "issued"), ("returned", "issued")]);
    assert_eq!(app.customer_at_stripe("cus_jane")["balance"], -2000);
    app.assert_nothing_is_left().await;
}

async fn a_page_that_stripe_does_not_expire_is_waited_for(app: TestApp) {
    let (referred, jane) = scene(&app).await;
    begin(&jane, &referred).await;
    for method in ["GET", "POST"] {
        let down = Fault::next(FaultKind::BadGateway).on(method, "/v1/checkout/sessions/");
        app.stripe.fault(down.times(4));
    }
    assert_eq!(delete(&jane, 2000).await, DELETED);
    app.run_jobs().await;
    let row = app.row_of(&referred.jane).await;
    assert_eq!((row.deleted_at, &*row.first_name), (None, "Jane"));
    assert!(row.deletion_due);
    assert_eq!(app.status().await.code(), "pending");
    app.stripe.clear_faults();
    app.sweep_after(MINUTE).await;
    app.sweep_after(MINUTE).await;
    assert!(app.is_deleted(&referred.jane).await);
    assert_eq!(session(&app)["status"], "expired");
}

async fn a_slow_payment_is_waited_for(app: TestApp) {
    let (referred, jane) = scene(&app).await;
    begin(&jane, &referred).await;
    let id = session(&app)["id"].as_str().unwrap().to_owned();
    app.stripe
        .complete(&id, PaymentStatus::Unpaid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    assert_eq!(delete(&jane, 2000).await, DELETED);
    app.sweep_after(MINUTE).await;
    assert!(!app.is_deleted(&referred.jane).await);
    app.stripe
        .finish_async_payment(&id, AsyncPaymentResult::Succeeded)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    app.sweep_after(MINUTE).await;
    app.sweep_after(MINUTE).await;
    assert!(app.is_deleted(&referred.jane).await);
    // She was a friend who paid, so Mia has the credit.
    assert_eq!(app.status().await.code(), "credited");
    app.assert_nothing_is_left().await;
}

async fn after_a_month_nothing_is_waited_for(app: TestApp) {
    let (referred, jane) = scene(&app).await;
    begin(&jane, &referred).await;
    let id = session(&app)["id"].as_str().unwrap().to_owned();
    app.stripe
        .complete(&id, PaymentStatus::Unpaid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    delete(&jane, 2000).await;
    app.sweep_after(DAY * 29).await;
    assert!(!app.is_deleted(&referred.jane).await);
    app.sweep_after(DAY).await;
    assert!(app.is_deleted(&referred.jane).await);
    app.leave_jobs();
}

async fn the_customer_at_stripe_tells_nobody(app: TestApp) {
    let (referred, jane) = scene(&app).await;
    let named = [
        ("name", "Jane Doe"),
        ("phone", "+1 555 0100"),
        ("address[city]", "Detroit"),
    ];
    let url = format!("{}v1/customers/cus_jane", app.stripe.base_url);
    let client = reqwest::Client::new();
    let named = client
        .post(url)
        .bearer_auth(STRIPE_KEY)
        .form(&named)
        .send()
        .await;
    assert_eq!(named.unwrap().status(), 200);
    app.stripe
        .fault(Fault::next(FaultKind::BadGateway).on("POST", "/v1/customers/cus_jane"));
    delete(&jane, 2000).await;
    app.sweep_after(MINUTE).await;
    assert!(app.is_deleted(&referred.jane).await);
    for _ in 0..2 {
        let unanswered = app.customer_at_stripe("cus_jane");
        assert_eq!(unanswered["name"], "Jane Doe", "Stripe did not take it yet");
        app.sweep_after(MINUTE).await;
    }
    let blank = app.customer_at_stripe("cus_jane");
    assert_eq!(blank["name"], "Deleted member");
    for field in ["email", "phone", "address", "shipping", "description"] {
        assert_eq!(blank[field], Value::Null, "{field}");
    }
    assert_eq!(blank["balance"], -2000, "the ledger stays");
    let row = app.customer_row(referred.jane.id).await.unwrap();
    assert!(!row.email_due);
}
