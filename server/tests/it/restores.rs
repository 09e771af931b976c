//! A database that was restored from a backup gives ids out again; what Stripe keeps under an old
//! id belongs to no new row.

use std::time::Duration;

use domain::referral::ReferralStatus;
use serde_json::{Value, json};
use services::operator;
use store::stripe_customers::{self, HolderId};
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use crate::support::{
    CODE, GOOD_FORM, Platform, Referred, STRIPE_KEY, TestApp, event, on_both_databases,
    purchase_in, subscription,
};

on_both_databases!(
    a_new_friends_credit_is_given,
    a_referral_of_before_is_credited_once_even_when_stripe_forgot_the_key,
    a_credit_on_a_customer_that_checkout_created_is_given_once,
    a_credit_on_a_customer_without_an_address_is_given_once,
    a_credit_on_a_customer_whose_address_the_desk_set_is_given_once,
    a_customer_that_was_lost_is_the_holders_again,
    the_sweep_finds_a_customer_that_was_lost,
    credit_on_a_customer_that_was_lost_pays,
    a_credit_that_was_given_keeps_its_amount,
    a_credit_whose_key_stripe_knows_with_another_amount_is_given,
    a_credit_that_is_found_tells_no_old_balance,
    a_credit_that_is_posted_twice_tells_no_old_balance,
    a_partners_credit_that_was_given_keeps_its_amount,
    a_buyer_is_not_refused_for_sales_that_were_lost,
    an_event_of_a_lost_purchase_pays_nobody_elses,
    a_subscription_is_credited_once,
);

const MINUTES: Duration = Duration::from_secs(5 * 60);
const A_DAY: Duration = Duration::from_secs(25 * 60 * 60);

/// A friend of Mia's registers.
async fn befriended(app: &TestApp, email: &str) {
    let browser = app.browser();
    browser.get(&format!("/?ref={CODE}")).await;
    let form = GOOD_FORM.map(|(name, text)| (name, if name == "email" { email } else { text }));
    browser.go("register", &form).await;
}

/// Presses "Buy ticket"; returns Stripe's Checkout session.
async fn begins(app: &TestApp, email: &str, referred: &Referred) -> Value {
    let browser = app.signed_in(email).await;
    let url = browser
        .go("buy", &form(&referred.ticket.id.to_string()))
        .await;
    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    let sessions = sessions.as_array().unwrap().iter();
    let mut of_page = sessions.filter(|one| one["url"] == url.as_str());
    of_page.next_back().expect("a session of this page").clone()
}

fn form(ticket: &str) -> [(&str, &str); 2] {
    [("product_id", ticket), ("page", "/events/steel-challenge")]
}

/// Buys and pays, and lets everything that follows be done.
async fn buys(app: &TestApp, email: &str, referred: &Referred) -> Value {
    let session = begins(app, email, referred).await;
    pays(app, &session).await;
    session
}

async fn pays(app: &TestApp, session: &Value) {
    let id = session["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    // There is no webhook event: the sweep asks Stripe.
    app.sweep_after(MINUTES).await;
}

async fn a_new_friends_credit_is_given(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.back_up().await;
    befriended(&app, "lost@example.com").await;
    buys(&app, "lost@example.com", &referred).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    app.restore().await;
    befriended(&app, "ben@example.com").await;
    buys(&app, "ben@example.com", &referred).await;
    assert_eq!(
        app.balance_of(&referred.mia).await,
        -2000,
        "Ben's is another"
    );
    assert_eq!(app.balance_transactions().len(), 2);
}

async fn a_referral_of_before_is_credited_once_even_when_stripe_forgot_the_key(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.back_up().await;
    buys(&app, "jane@example.com", &referred).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    app.restore().await;
    app.advance(A_DAY);
    buys(&app, "jane@example.com", &referred).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000, "it was found");
    app.assert_credited_once(&referred.mia).await;
}

/// Mia bought something herself, and the backup is older than that.
async fn a_credit_on_a_customer_that_checkout_created_is_given_once(app: TestApp) {
    let referred = app.referred().await;
    app.back_up().await;
    mia_buys(&app, &referred).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    assert_eq!(app.balance_transactions().len(), 1);
    app.restore().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(customers(&app), 1);
}

/// Stripe refuses Mia's address, so that no list of addresses has her customer.
async fn a_credit_on_a_customer_without_an_address_is_given_once(app: TestApp) {
    let referred = app.referred().await;
    app.refuse_address(&referred.mia).await;
    is_credited_again(&app, &referred, async || ()).await;
}

/// The desk has changed where Stripe reaches Mia, and the backup is older than that.
async fn a_credit_on_a_customer_whose_address_the_desk_set_is_given_once(app: TestApp) {
    let referred = app.referred().await;
    let desk = app.detroit_admin().await;
    let mia = referred.mia.id.to_string();
    let address = [
        ("member_id", mia.as_str()),
        ("billing_email", "mia.pays@example.com"),
    ];
    let set = async || {
        desk.fetch("set_billing_email", &address).await;
    };
    is_credited_again(&app, &referred, set).await;
}

/// Mia is credited, and something is `changed` then; a backup from before is restored, and she is
/// credited for the same friend again.
async fn is_credited_again(app: &TestApp, referred: &Referred, change: impl AsyncFn()) {
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.back_up().await;
    let sale = app.sell(referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    change().await;
    assert_eq!((app.balance_transactions().len(), customers(app)), (1, 1));
    app.restore().await;
    app.advance(MINUTES);
    let sale = app.sell(referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(customers(app), 1);
}

/// Mia was credited, a restored backup lost her customer, and Checkout created another one.
async fn bought_since(app: &TestApp) -> (Referred, String) {
    let referred = app.referred().await;
    app.back_up().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    let lost = app.customer_of(referred.mia.id).await.unwrap();
    app.restore().await;
    app.advance(MINUTES);
    mia_pays(app, &referred).await;
    assert_eq!(customers(app), 2);
    let adopted = app.customer_of(referred.mia.id).await.unwrap();
    assert_ne!(adopted, lost);
    (referred, lost)
}

async fn a_customer_that_was_lost_is_the_holders_again(app: TestApp) {
    let (referred, lost) = bought_since(&app).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(app.customer_of(referred.mia.id).await, Some(lost));
}

async fn the_sweep_finds_a_customer_that_was_lost(app: TestApp) {
    let (referred, lost) = bought_since(&app).await;
    app.sweep_after(MINUTES).await;
    assert_eq!(app.customer_of(referred.mia.id).await, Some(lost));
    app.sweep_after(MINUTES).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn credit_on_a_customer_that_was_lost_pays(app: TestApp) {
    let (referred, lost) = bought_since(&app).await;
    let mia = app.signed_in(&referred.mia.email).await;
    let ticket = referred.ticket.id.to_string();
    let form = [
        ("product_id", ticket.as_str()),
        ("page", "/events/steel-challenge"),
        ("use_credit", "1"),
        ("to_pay", "3500"),
    ];
    mia.go("buy", &form).await;
    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    let session = sessions.as_array().unwrap().last().unwrap().clone();
    assert_eq!(session["amount_total"], 3500);
    assert_eq!(session["customer"], lost.as_str());
    app.leave_jobs();
}

/// Mia pays with a Checkout session, whose customer is new. The event arrives at once.
async fn mia_buys(app: &TestApp, referred: &Referred) {
    mia_pays(app, referred).await;
    assert_eq!(customers(app), 1);
}

async fn mia_pays(app: &TestApp, referred: &Referred) {
    let session = begins(app, &referred.mia.email, referred).await;
    let id = session["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
}

fn customers(app: &TestApp) -> usize {
    let all = app.stripe.objects(STRIPE_KEY, None)["customers"].clone();
    all.as_array().unwrap().len()
}

/// The admin has changed the amount since the credit was issued.
async fn a_credit_that_was_given_keeps_its_amount(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.back_up().await;
    buys(&app, "jane@example.com", &referred).await;
    app.restore().await;
    operator::set_tenant_credit(&app.state, "detroit-arms", 500)
        .await
        .unwrap();
    buys(&app, "jane@example.com", &referred).await;
    app.assert_credited_once(&referred.mia).await;
}

/// Before the restore, Stripe answered a 5xx and issued nothing; now the amount is another.
async fn a_credit_whose_key_stripe_knows_with_another_amount_is_given(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.back_up().await;
    let post = Fault::next(FaultKind::Sticky500).on("POST", "/v1/customers/");
    app.stripe.fault(post.ending("/balance_transactions"));
    buys(&app, "jane@example.com", &referred).await;
    app.restore().await;
    operator::set_tenant_credit(&app.state, "detroit-arms", 500)
        .await
        .unwrap();
    buys(&app, "jane@example.com", &referred).await;
    assert_eq!(app.status().await, ReferralStatus::Pending);
    app.settle().await;
    assert_eq!(app.status().await, ReferralStatus::Credited);
    let entries = app.balance_transactions();
    assert_eq!((entries.len(), &entries[0]["amount"]), (1, &json!(-500)));
}

/// A part of the credit was spent since.
async fn a_credit_that_is_found_tells_no_old_balance(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.back_up().await;
    buys(&app, "jane@example.com", &referred).await;
    app.restore().await;
    spend(&app, 600).await;
    buys(&app, "jane@example.com", &referred).await;
    assert_eq!(app.status().await, ReferralStatus::Credited);
    assert_eq!(balance_told(&app).await, 400);
}

/// Stripe's answer was lost; a part of the credit is spent when Stripe answers again.
async fn a_credit_that_is_posted_twice_tells_no_old_balance(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let post = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/");
    app.stripe.fault(post.ending("/balance_transactions"));
    buys(&app, "jane@example.com", &referred).await;
    assert_eq!(app.status().await, ReferralStatus::Pending);
    spend(&app, 600).await;
    app.settle().await;
    assert_eq!(app.status().await, ReferralStatus::Credited);
    assert_eq!(balance_told(&app).await, 400);
}

/// Spends a part of the balance to which the only credit was issued.
async fn spend(app: &TestApp, cents: i64) {
    let given = app.balance_transactions().remove(0);
    let (stripe, customer) = (&app.stripe.base_url, given["customer"].as_str().unwrap());
    let spending = reqwest::Client::new()
        .post(format!(
            "{stripe}v1/customers/{customer}/balance_transactions"
        ))
        .bearer_auth(STRIPE_KEY)
        .form(&[("amount", cents.to_string().as_str()), ("currency", "usd")]);
    assert_eq!(spending.send().await.unwrap().status(), 200);
}

async fn balance_told(app: &TestApp) -> i64 {
    let phone = app.phone_of("mia@example.com").await;
    let me = phone.get("/api/v1/me").await.json;
    me["balance"]["amount"]["cents"].as_i64().unwrap()
}

async fn a_partners_credit_that_was_given_keeps_its_amount(app: TestApp) {
    let platform = app.platform().await;
    app.back_up().await;
    credited(&app, &platform, "evt_1").await;
    app.restore().await;
    operator::set_platform_credit(&app.state, 7500)
        .await
        .unwrap();
    credited(&app, &platform, "evt_1").await;
    app.assert_partner_credited_once().await;
}

async fn a_buyer_is_not_refused_for_sales_that_were_lost(app: TestApp) {
    let referred = app.referred().await;
    app.member(&app.detroit, "Kim", "kim@example.com").await;
    app.back_up().await;
    let lost = begins(&app, "kim@example.com", &referred).await;
    app.restore().await;
    let session = begins(&app, "jane@example.com", &referred).await;
    assert_eq!(
        purchase_in(&session),
        purchase_in(&lost),
        "the number came again"
    );
    assert_ne!(session["id"], lost["id"]);
    assert_eq!(session["customer_email"], "jane@example.com");
}

/// Kim paid before the restore, and somebody has Stripe deliver the event again.
async fn an_event_of_a_lost_purchase_pays_nobody_elses(app: TestApp) {
    let referred = app.referred().await;
    app.member(&app.detroit, "Kim", "kim@example.com").await;
    app.back_up().await;
    let kims = buys(&app, "kim@example.com", &referred).await;
    app.restore().await;
    app.stripe
        .fault(Fault::next(FaultKind::DropBefore).on("POST", "/v1/checkout/sessions"));
    let jane = app.signed_in("jane@example.com").await;
    let ticket = referred.ticket.id.to_string();
    jane.refused("buy", &form(&ticket)).await;
    let janes = app.purchase(purchase_in(&kims)).await;
    assert_eq!(janes.buyer_id, referred.jane.id, "the number came again");
    let mut again = kims.clone();
    again["status"] = json!("complete");
    again["payment_status"] = json!("paid");
    again["customer"] = json!("cus_kims");
    let body = event("evt_again", "checkout.session.completed", again);
    app.deliver(&referred.webhook, &body).await;
    assert_eq!(app.purchase(janes.id).await.state.code(), "open");
    let (db, janes) = (app.state.db.reader(), HolderId::Member(referred.jane.id));
    let known = stripe_customers::get(db, app.account().await, janes).await;
    let customer = known.unwrap().and_then(|known| known.customer_id);
    assert_ne!(customer.as_deref(), Some("cus_kims"));
    assert!(app.credits().await.is_empty());
}

async fn a_subscription_is_credited_once(app: TestApp) {
    let platform = app.platform().await;
    app.back_up().await;
    credited(&app, &platform, "evt_1").await;
    app.restore().await;
    credited(&app, &platform, "evt_1").await;
    app.restore().await;
    app.advance(A_DAY);
    credited(&app, &platform, "evt_1").await;
    app.assert_partner_credited_once().await;
}

async fn credited(app: &TestApp, platform: &Platform, event_id: &str) {
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    let body = event(event_id, "checkout.session.completed", session);
    assert_eq!(app.deliver_to_platform(platform, &body).await, 200);
    app.sweep_after(Duration::ZERO).await;
}
