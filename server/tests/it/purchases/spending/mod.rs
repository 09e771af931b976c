//! Paying for a ticket with credit: the debit, the page for the rest, and the way back.

mod amounts;
mod counter;
pub mod faults;
mod lost;
mod memberships;
mod moving;
mod receipts;
mod reserved;
mod statement;
pub mod trouble;
pub mod undoing;
mod undone_of_two;

use domain::purchase::ProductKind;
use serde_json::Value;
use store::entities::{credit, product, purchase};
use stripe_stand_in::{AsyncPaymentResult, PaymentStatus};

use crate::support::{Browser, Referred, STRIPE_KEY, TestApp, on_both_databases, purchase_in};

on_both_databases!(
    credit_lowers_the_price_and_is_spent_once_the_rest_is_paid,
    what_credit_covers_needs_no_page_and_earns_nobody_anything,
    leaving_the_page_gives_the_credit_back,
    a_page_that_expires_gives_the_credit_back,
    a_slow_payment_keeps_the_credit_until_it_fails,
    a_slow_payment_that_succeeds_has_spent_it,
    without_the_box_the_price_is_paid_in_full,
    the_page_offers_what_there_is,
    the_app_pays_with_credit_too,
    what_is_left_to_pay_is_not_below_stripes_least_charge,
);

/// Jane, whom Mia referred, with $20.00 on her balance.
pub struct Scene {
    pub referred: Referred,
    pub jane: Browser,
}

pub async fn scene(app: &TestApp) -> Scene {
    let referred = app.referred().await;
    app.give_balance(&referred.jane, "cus_jane", 2000).await;
    Scene {
        jane: app.signed_in("jane@example.com").await,
        referred,
    }
}

/// The credit of Jane's customer at Stripe, in cents.
pub fn credit_at_stripe(app: &TestApp) -> i64 {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    let customers = objects["customers"].as_array().unwrap().iter();
    let mut jane = customers.filter(|one| one["id"] == "cus_jane");
    -jane.next().unwrap()["balance"].as_i64().unwrap()
}

pub fn sessions(app: &TestApp) -> Vec<Value> {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    objects["sessions"].as_array().unwrap().clone()
}

pub fn coupons(app: &TestApp) -> Vec<Value> {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    objects["coupons"].as_array().unwrap().clone()
}

pub async fn ticket(app: &TestApp, slug: &str, cents: i64) -> product::Model {
    let kind = ProductKind::EventTicket;
    app.product(&app.detroit, kind, slug, cents).await
}

/// Buys with credit after a page that said that `to_pay` cents are left to pay; returns where the
/// browser goes.
pub async fn buy(browser: &Browser, product: &product::Model, to_pay: i64) -> String {
    buy_by_form(browser, product, to_pay, "form1").await
}

pub async fn buy_by_form(
    browser: &Browser,
    product: &product::Model,
    to_pay: i64,
    form_token: &str,
) -> String {
    let (id, to_pay) = (product.id.to_string(), to_pay.to_string());
    let page = format!("/events/{}", product.slug);
    let form = [
        ("product_id", id.as_str()),
        ("page", &page),
        ("use_credit", "1"),
        ("to_pay", &to_pay),
        ("form_token", form_token),
    ];
    browser.go("buy", &form).await
}

/// The only Checkout session.
pub fn session(app: &TestApp) -> Value {
    let sessions = sessions(app);
    let [session] = &sessions[..] else {
        panic!("not one session: {sessions:?}");
    };
    session.clone()
}

pub async fn bought(app: &TestApp) -> purchase::Model {
    app.purchase(purchase_in(&session(app))).await
}

/// Kind, state and cents of each ledger row.
pub fn ledger(rows: &[credit::Model]) -> Vec<(&'static str, &'static str, i64)> {
    let entry = |row: &credit::Model| (row.kind.code(), row.state.code(), row.amount_cents);
    rows.iter().map(entry).collect()
}

impl TestApp {
    pub async fn pay(&self, session: &Value, status: PaymentStatus) {
        let id = session["id"].as_str().unwrap();
        self.stripe.complete(id, status, None).unwrap();
        self.delivered().await;
    }

    pub async fn delivered(&self) {
        let delivered = self.stripe.wait_until_deliveries_finish(STRIPE_KEY).await;
        delivered.unwrap();
    }
}

async fn credit_lowers_the_price_and_is_spent_once_the_rest_is_paid(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let url = buy(&jane, &referred.ticket, 2500).await;
    let open = session(&app);
    assert_eq!(url, open["url"].as_str().unwrap());
    assert_eq!(open["amount_total"], 2500);
    assert_eq!(open["customer"], "cus_jane");
    let [coupon] = &coupons(&app)[..] else {
        panic!("not one coupon");
    };
    assert_eq!(open["discounts"][0]["coupon"], coupon["id"]);
    assert_eq!(coupon["name"], "Referral credit");
    assert_eq!(
        (&coupon["amount_off"], &coupon["max_redemptions"]),
        (&2000.into(), &1.into())
    );
    let in_an_hour = app.state.clock.now().unix_timestamp() + 3600;
    assert!((open["expires_at"].as_i64().unwrap() - in_an_hour).abs() < 60);
    assert_eq!(credit_at_stripe(&app), 0, "reserved");

    app.pay(&open, PaymentStatus::Paid).await;
    let paid = bought(&app).await;
    assert_eq!(paid.state.code(), "paid");
    assert_eq!(
        (paid.paid_cents, paid.credit_used_cents),
        (Some(4500), Some(2000))
    );
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(credit_at_stripe(&app), 0, "spent");
    assert_eq!(
        ledger(&app.credits().await),
        [("spent", "issued", 2000), ("earned", "issued", -1000)],
        "$25.00 is a first purchase"
    );
    services::jobs::sweep::round(&app.state).await.unwrap();
    assert!(coupons(&app).is_empty(), "of no more use");
    app.assert_nothing_is_left().await;
}

async fn what_credit_covers_needs_no_page_and_earns_nobody_anything(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let cheap = ticket(&app, "cheap", 1500).await;
    let receipt = buy(&jane, &cheap, 0).await;
    assert!(receipt.starts_with("/purchases/"), "{receipt}");
    assert!(sessions(&app).is_empty() && coupons(&app).is_empty());
    assert_eq!(credit_at_stripe(&app), 500);
    let page = jane.get(&receipt).await;
    assert!(
        page.text.contains("Your credit paid for it."),
        "{}",
        page.text
    );
    assert!(page.text.contains("-$15.00"), "{}", page.text);

    app.run_jobs().await;
    assert_eq!(app.status().await.code(), "pending", "no money was paid");
    // The next one is paid, and counts.
    let url = buy_by_form(&jane, &referred.ticket, 4000, "form2").await;
    assert!(url.starts_with(&app.stripe.base_url), "{url}");
    app.pay(&session(&app), PaymentStatus::Paid).await;
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.status().await.code(), "credited");
    app.assert_nothing_is_left().await;
}

async fn leaving_the_page_gives_the_credit_back(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    let path = format!("/events/{}", referred.ticket.slug);
    let page = jane.get(&format!("{path}?cancelled=1")).await;
    let reserved = "$20.00 of your credit is reserved for it.";
    assert!(page.text.contains(reserved), "{}", page.text);
    let id = referred.ticket.id.to_string();
    let form = [("product_id", id.as_str()), ("page", &path)];
    jane.done("release_checkout", &form).await;
    assert_eq!(
        credit_at_stripe(&app),
        2000,
        "at once, for the page that follows"
    );
    let page = jane.get(&path).await;
    assert!(
        page.text.contains("Use $20.00 of my credit"),
        "{}",
        page.text
    );
    app.run_jobs().await;
    assert_eq!(bought(&app).await.state.code(), "expired");
    assert_eq!(
        ledger(&app.credits().await),
        [("spent", "issued", 2000), ("returned", "issued", -2000)]
    );
    app.assert_nothing_is_left().await;
}

async fn a_page_that_expires_gives_the_credit_back(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    let id = session(&app)["id"].as_str().unwrap().to_owned();
    app.stripe.expire(&id).unwrap();
    app.delivered().await;
    app.stripe.resend(&last_event(&app)).unwrap();
    app.delivered().await;
    app.run_jobs().await;
    assert_eq!(credit_at_stripe(&app), 2000, "once");
    app.assert_nothing_is_left().await;
}

fn last_event(app: &TestApp) -> String {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    let events = objects["events"].as_array().unwrap();
    let expired = events
        .iter()
        .find(|event| event["type"] == "checkout.session.expired");
    expired.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn a_slow_payment_keeps_the_credit_until_it_fails(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    let open = session(&app);
    app.pay(&open, PaymentStatus::Unpaid).await;
    app.run_jobs().await;
    assert_eq!(bought(&app).await.state.code(), "processing");
    assert_eq!(credit_at_stripe(&app), 0, "still reserved");
    let id = open["id"].as_str().unwrap();
    app.stripe
        .finish_async_payment(id, AsyncPaymentResult::Failed)
        .unwrap();
    app.delivered().await;
    app.run_jobs().await;
    assert_eq!(bought(&app).await.state.code(), "failed");
    assert_eq!(credit_at_stripe(&app), 2000);
    app.assert_nothing_is_left().await;
}

async fn a_slow_payment_that_succeeds_has_spent_it(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    let open = session(&app);
    app.pay(&open, PaymentStatus::Unpaid).await;
    let id = open["id"].as_str().unwrap();
    app.stripe
        .finish_async_payment(id, AsyncPaymentResult::Succeeded)
        .unwrap();
    app.delivered().await;
    app.run_jobs().await;
    app.settle().await;
    let paid = bought(&app).await;
    assert_eq!(
        (paid.state.code(), paid.credit_used_cents),
        ("paid", Some(2000))
    );
    assert_eq!(credit_at_stripe(&app), 0);
    app.assert_nothing_is_left().await;
}

async fn without_the_box_the_price_is_paid_in_full(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let id = referred.ticket.id.to_string();
    let form = [
        ("product_id", id.as_str()),
        ("page", "/events/steel-challenge"),
    ];
    jane.go("buy", &form).await;
    assert_eq!(session(&app)["amount_total"], 4500);
    assert_eq!(credit_at_stripe(&app), 2000);
    assert!(app.credits().await.is_empty());
}

async fn the_page_offers_what_there_is(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let page = jane.get(&format!("/events/{}", referred.ticket.slug)).await;
    let label = "Use $20.00 of my credit and pay $25.00";
    assert!(page.text.contains(label), "{}", page.text);
    let cheap = ticket(&app, "cheap", 1500).await;
    let page = jane.get(&format!("/events/{}", cheap.slug)).await;
    assert!(
        page.text
            .contains("Use $15.00 of my credit and pay nothing")
    );
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get(&format!("/events/{}", cheap.slug)).await;
    assert!(!page.text.contains("of my credit"), "Mia has none");
    let visitor = app.browser().get(&format!("/events/{}", cheap.slug)).await;
    assert!(!visitor.text.contains("of my credit"));
}

async fn the_app_pays_with_credit_too(app: TestApp) {
    let Scene { referred, .. } = scene(&app).await;
    let phone = app.phone_of("jane@example.com").await;
    let order = |id: store::ProductId, use_credit: bool| serde_json::json!({ "product_id": id, "use_credit": use_credit });
    let begun = phone
        .post("/api/v1/purchases", &order(referred.ticket.id, true))
        .await;
    assert_eq!(begun.status, 201, "{begun:?}");
    assert_eq!(session(&app)["amount_total"], 2500);
    // Buying again answers the same page.
    let again = phone
        .post("/api/v1/purchases", &order(referred.ticket.id, true))
        .await;
    assert_eq!(again.text("checkout_url"), begun.text("checkout_url"));
    // Without credit it is another page, and the credit is back.
    let full = phone
        .post("/api/v1/purchases", &order(referred.ticket.id, false))
        .await;
    assert_ne!(full.text("checkout_url"), begun.text("checkout_url"));
    assert_eq!(credit_at_stripe(&app), 2000);
    let cheap = ticket(&app, "cheap", 1500).await;
    let covered = phone
        .post("/api/v1/purchases", &order(cheap.id, true))
        .await;
    assert_eq!(
        (covered.status, covered.text("status")),
        (201, "paid".to_owned())
    );
    assert!(
        covered.text("checkout_url").contains("/purchases/"),
        "{covered:?}"
    );
    assert_eq!(credit_at_stripe(&app), 500);
    app.run_jobs().await;
}

async fn what_is_left_to_pay_is_not_below_stripes_least_charge(app: TestApp) {
    let Scene { jane, .. } = scene(&app).await;
    let awkward = ticket(&app, "awkward", 2020).await;
    buy(&jane, &awkward, 50).await;
    assert_eq!(session(&app)["amount_total"], 50);
    assert_eq!(credit_at_stripe(&app), 30);
}
