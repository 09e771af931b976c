//! What people and Stripe's account do in between: two tabs, an invoice, another price, a key that
//! dies, a customer that is deleted.

use std::time::Duration;

use domain::credit::Program;
use reqwest::Client;
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel, Set};
use services::jobs::sweep;
use stripe_stand_in::{Fault, FaultKind};

use super::{Scene, buy, buy_by_form, credit_at_stripe, ledger, scene, session, sessions, ticket};
use crate::{
    stripe_accounts::disconnect,
    support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases},
};

on_both_databases!(
    two_tabs_spend_a_credit_once,
    a_double_click_on_what_credit_covers_buys_once,
    an_invoice_that_takes_the_balance_meanwhile_is_an_overdraft,
    a_price_that_rose_is_asked_about,
    a_box_without_credit_is_asked_about,
    another_price_ends_the_page_and_the_credit_is_used_anew,
    a_return_waits_for_a_key,
    a_return_goes_on_once_the_connection_was_tested,
    a_debit_of_unknown_outcome_goes_on_once_the_connection_was_tested,
    what_a_dead_key_holds_for_months_goes_back,
    a_return_to_a_deleted_customer_goes_to_the_next_one_once,
);

async fn two_tabs_spend_a_credit_once(app: TestApp) {
    let Scene { jane, .. } = scene(&app).await;
    let one = ticket(&app, "one", 3000).await;
    let other = ticket(&app, "other", 3000).await;
    let (first, second) = tokio::join!(
        buy_by_form(&jane, &one, 1000, "form1"),
        buy_by_form(&jane, &other, 1000, "form2"),
    );
    let went_on = |to: &String| to.starts_with(&app.stripe.base_url);
    assert_eq!(
        [&first, &second]
            .map(went_on)
            .iter()
            .filter(|on| **on)
            .count(),
        1
    );
    let asked = if went_on(&first) { second } else { first };
    assert!(asked.ends_with("?credit=changed"), "{asked}");
    let page = jane.get(&asked).await;
    assert!(
        page.text.contains("Your credit has changed."),
        "{}",
        page.text
    );
    assert_eq!(credit_at_stripe(&app), 0);
    assert_eq!(session(&app)["amount_total"], 1000);
}

async fn a_double_click_on_what_credit_covers_buys_once(app: TestApp) {
    let Scene { jane, .. } = scene(&app).await;
    let cheap = ticket(&app, "cheap", 800).await;
    let (first, second) = tokio::join!(buy(&jane, &cheap, 0), buy(&jane, &cheap, 0));
    assert_eq!(first, second);
    assert_eq!(buy(&jane, &cheap, 0).await, first, "and Back, and again");
    assert_eq!(credit_at_stripe(&app), 1200);
    let another = buy_by_form(&jane, &cheap, 0, "form2").await;
    assert_ne!(another, first);
    assert_eq!(credit_at_stripe(&app), 400);
    app.assert_nothing_is_left().await;
}

/// Stripe takes `cents` of the balance by itself, as it does for an invoice.
pub async fn invoice(app: &TestApp, cents: i64) {
    invoice_of(app, "cus_jane", cents).await;
}

pub async fn invoice_of(app: &TestApp, customer: &str, cents: i64) {
    let url = format!(
        "{}v1/customers/{customer}/balance_transactions",
        app.stripe.base_url
    );
    let taken = Client::new()
        .post(url)
        .bearer_auth(STRIPE_KEY)
        .form(&[
            ("amount", cents.to_string()),
            ("currency", "usd".to_owned()),
        ])
        .send()
        .await;
    assert_eq!(taken.unwrap().status(), 200);
}

async fn an_invoice_that_takes_the_balance_meanwhile_is_an_overdraft(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let debit = Fault::next(FaultKind::Hang).on("POST", "/v1/customers/cus_jane/");
    app.stripe.fault(debit);
    let buying = buy(&jane, &referred.ticket, 2500);
    let meanwhile = async {
        let path = "/v1/customers/cus_jane/balance_transactions";
        app.stripe
            .wait_until_received("POST", path, 1)
            .await
            .unwrap();
        invoice(&app, 1500).await;
        app.stripe.release_hung();
    };
    let (to, ()) = tokio::join!(buying, meanwhile);
    assert!(to.ends_with("?credit=changed"), "asked again: {to}");
    assert!(sessions(&app).is_empty());
    assert_eq!(credit_at_stripe(&app), 500);
    assert_eq!(
        ledger(&app.credits().await),
        [("spent", "issued", 2000), ("returned", "issued", -2000)]
    );
    app.assert_nothing_is_left().await;
}

async fn a_price_that_rose_is_asked_about(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let mut dearer = referred.ticket.clone().into_active_model();
    dearer.price_cents = Set(9000);
    dearer.update(app.state.db.writer()).await.unwrap();
    let to = buy(&jane, &referred.ticket, 2500).await;
    assert!(to.ends_with("?credit=changed"), "{to}");
    assert!(sessions(&app).is_empty() && app.credits().await.is_empty());
    assert_eq!(credit_at_stripe(&app), 2000);
}

async fn a_box_without_credit_is_asked_about(app: TestApp) {
    let Scene { referred, .. } = scene(&app).await;
    let mia = app.signed_in("mia@example.com").await;
    let to = buy(&mia, &referred.ticket, 2500).await;
    assert!(to.ends_with("?credit=changed"), "{to}");
    // A page that said the full price goes on, whatever number it sent.
    for forged in [4500, i64::MAX] {
        let to = buy_by_form(&mia, &referred.ticket, forged, "form2").await;
        assert!(to.starts_with(&app.stripe.base_url), "{to}");
    }
    assert_eq!(session(&app)["amount_total"], 4500);
}

async fn another_price_ends_the_page_and_the_credit_is_used_anew(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let first = buy(&jane, &referred.ticket, 2500).await;
    let mut cheaper = referred.ticket.clone().into_active_model();
    cheaper.price_cents = Set(3000);
    cheaper.update(app.state.db.writer()).await.unwrap();
    let second = buy(&jane, &referred.ticket, 2500).await;
    assert_ne!(first, second);
    assert_eq!(credit_at_stripe(&app), 0);
    let open: Vec<_> = sessions(&app)
        .into_iter()
        .filter(|session| session["status"] == "open")
        .collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["amount_total"], 1000);
}

async fn a_return_waits_for_a_key(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    let id = session(&app)["id"].as_str().unwrap().to_owned();
    app.stripe.expire_key(STRIPE_KEY);
    app.stripe.expire(&id).unwrap();
    app.delivered().await;
    disconnect(&app, Program::Tenant).await;
    for _ in 0..30 {
        app.sweep_after(Duration::from_secs(6 * 3600)).await;
    }
    assert_eq!(credit_at_stripe(&app), 0, "still reserved");
    assert_eq!(ledger(&app.credits().await)[1], ("returned", "due", -2000));
    app.stripe.add_key(STRIPE_KEY, "sk_test_next");
    app.connect_stripe(&app.detroit, "sk_test_next", WEBHOOK_SECRET)
        .await;
    for _ in 0..3 {
        app.sweep_after(A_SWEEP).await;
    }
    assert_eq!(credit_at_stripe(&app), 2000, "at once, not in hours");
    sweep::round(&app.state).await.unwrap();
    assert_eq!(
        ledger(&app.credits().await)[1],
        ("returned", "issued", -2000)
    );
}

/// Until the sweep that follows.
const A_SWEEP: Duration = Duration::from_secs(60);

const BALANCE: &str = "/v1/customers/cus_jane/balance_transactions";

async fn a_return_goes_on_once_the_connection_was_tested(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let desk = app.detroit_admin().await;
    buy(&jane, &referred.ticket, 2500).await;
    let id = session(&app)["id"].as_str().unwrap().to_owned();
    let rejected = Fault::next(FaultKind::Unauthorized).on("POST", BALANCE);
    app.stripe.fault(rejected.times(1000));
    app.stripe.expire(&id).unwrap();
    app.delivered().await;
    for _ in 0..20 {
        app.sweep_after(Duration::from_secs(7 * 3600)).await;
    }
    app.stripe.clear_faults();
    app.sweep_after(A_SWEEP).await;
    assert_eq!(credit_at_stripe(&app), 0, "its wait is not over");
    desk.sign_in("dana@example.com").await;
    desk.done("test_stripe", &[]).await;
    for _ in 0..3 {
        app.sweep_after(A_SWEEP).await;
    }
    assert_eq!(credit_at_stripe(&app), 2000);
    assert_eq!(
        ledger(&app.credits().await),
        [("spent", "issued", 2000), ("returned", "issued", -2000)]
    );
}

async fn a_debit_of_unknown_outcome_goes_on_once_the_connection_was_tested(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let desk = app.detroit_admin().await;
    let lost = Fault::next(FaultKind::DropBefore).on("POST", BALANCE);
    app.stripe.fault(lost.times(1000));
    let id = referred.ticket.id.to_string();
    jane.refused("buy", &form_of(&id)).await;
    for _ in 0..20 {
        app.sweep_after(Duration::from_secs(7 * 3600)).await;
    }
    app.stripe.clear_faults();
    app.sweep_after(A_SWEEP).await;
    assert_eq!(ledger(&app.credits().await), [("spent", "due", 2000)]);
    desk.sign_in("dana@example.com").await;
    desk.done("test_stripe", &[]).await;
    for _ in 0..3 {
        app.sweep_after(A_SWEEP).await;
    }
    let rows = app.credits().await;
    assert!(
        ledger(&rows).iter().all(|(_, state, _)| *state != "due"),
        "{rows:?}"
    );
    assert_eq!(credit_at_stripe(&app), 2000);
}

/// No webhook arrives, and no key works for over a month.
async fn what_a_dead_key_holds_for_months_goes_back(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.stripe.expire_key(STRIPE_KEY);
    for _ in 0..45 {
        app.sweep_after(Duration::from_secs(24 * 3600)).await;
    }
    assert_eq!(ledger(&app.credits().await), [("spent", "issued", 2000)]);
    let desk = app.detroit_admin().await;
    let page = desk.get("/admin/referrals").await.text;
    assert!(page.contains("1 return of credit waits"), "{page}");
    app.stripe.roll_key(STRIPE_KEY, "sk_test_rolled");
    app.connect_stripe(&app.detroit, "sk_test_rolled", WEBHOOK_SECRET)
        .await;
    app.sweep_after(A_SWEEP).await;
    app.sweep_after(A_SWEEP).await;
    assert_eq!(
        ledger(&app.credits().await),
        [("spent", "issued", 2000), ("returned", "issued", -2000)]
    );
    let page = desk.get("/admin/referrals").await.text;
    assert!(!page.contains("of credit wait"), "{page}");
}

async fn a_return_to_a_deleted_customer_goes_to_the_next_one_once(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    let id = session(&app)["id"].as_str().unwrap().to_owned();
    app.delete_customer("cus_jane").await;
    app.stripe.expire(&id).unwrap();
    app.delivered().await;
    app.run_jobs().await;
    app.run_jobs().await;
    let returned: Vec<_> = app
        .balance_transactions()
        .into_iter()
        .filter(|entry| entry["amount"] == -2000 && entry["customer"] != "cus_jane")
        .collect();
    assert_eq!(returned.len(), 1, "{returned:?}");
    assert_eq!(returned[0]["description"], "Referral credit returned");
}

/// Recording a debit locks its row, then the customer's. A second purchase that holds the customer's
/// row while it waits for the debit's would wait for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_purchase_does_not_lock_the_customer_while_it_waits_for_the_debit() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let Scene { referred, jane } = scene(&app).await;
    let lost = Fault::next(FaultKind::DropBefore).on("POST", "/v1/customers/cus_jane/");
    app.stripe.fault(lost);
    let id = referred.ticket.id.to_string();
    jane.refused("buy", &form_of(&id)).await;
    assert_eq!(ledger(&app.credits().await), [("spent", "due", 2000)]);

    let recording = app.state.db.begin().await.unwrap();
    let issued = "UPDATE credits SET state = 'issued'";
    recording.execute_unprepared(issued).await.unwrap();
    let second = tokio::spawn(async move { jane.call("buy", &form_of(&id)).await });
    app.somebody_waits_for_a_transaction().await;
    let balance = "UPDATE stripe_customers SET balance_cents = 0";
    let balance = recording.execute_unprepared(balance);
    let recorded = tokio::time::timeout(Duration::from_secs(10), balance).await;
    recorded.expect("the customer's row is free").unwrap();
    recording.rollback().await.unwrap();
    second.await.unwrap();
    app.leave_jobs();
}

fn form_of(product_id: &str) -> [(&str, &str); 4] {
    [
        ("product_id", product_id),
        ("page", "/"),
        ("use_credit", "1"),
        ("to_pay", "2500"),
    ]
}
