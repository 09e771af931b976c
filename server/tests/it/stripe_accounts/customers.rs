//! The customers of each Stripe account: none is lost when keys or secrets are lost, and none
//! overwrites another one.

use domain::{account::Email, purchase::ProductKind};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::Value;
use server_core::{random::Random, sealing::Sealer};
use services::jobs::sweep;
use store::{
    ProductId,
    entities::stripe_customer,
    sites,
    stripe_accounts::{self, Keys, NewAccount},
};
use stripe_stand_in::{AsyncPaymentResult, PaymentStatus, Seed, SeedCustomer};

use crate::support::{Browser, Referred, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(
    a_credit_is_found_where_the_account_is_connected_as_another_row,
    a_credit_is_found_after_the_secrets_were_lost,
    a_customer_that_checkout_made_gets_our_metadata,
    a_customer_without_room_for_our_metadata_is_not_credited,
    a_late_event_of_a_former_account_leaves_the_present_customer,
    credit_at_a_former_account_is_told,
);

const MIA: &str = "mia@example.com";

/// Presses Buy; returns Stripe's Checkout session.
async fn buy(app: &TestApp, key: &str, product_id: ProductId) -> Value {
    let browser = app.browser();
    browser.sign_in(MIA).await;
    let id = product_id.to_string();
    let fields = [
        ("product_id", id.as_str()),
        ("page", "/events/steel-challenge"),
    ];
    let url = browser.go("buy", &fields).await;
    assert!(url.starts_with(&app.stripe.base_url), "{url}");
    let sessions = app.stripe.objects(key, None)["sessions"].clone();
    sessions.as_array().unwrap().last().unwrap().clone()
}

async fn pay(app: &TestApp, key: &str, session: &Value) {
    let id = session["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    app.stripe.wait_until_deliveries_finish(key).await.unwrap();
}

/// Mia buys a ticket, for which Checkout creates a customer, and earns $10.00 on that customer's
/// balance.
async fn with_credit(app: &TestApp, referred: &Referred, key: &str) -> String {
    let session = buy(app, key, referred.ticket.id).await;
    pay(app, key, &session).await;
    let customer = app.customer_of(referred.mia.id).await.expect("a customer");
    earn(app, referred).await;
    let books = app.stripe.objects(key, None);
    let [entry] = &books["balance_transactions"].as_array().unwrap()[..] else {
        panic!("not one entry: {books}");
    };
    assert_eq!(entry["customer"], customer.as_str());
    customer
}

/// Stripe keeps fifty metadata keys of a customer, and all are somebody else's.
async fn a_customer_without_room_for_our_metadata_is_not_credited(app: TestApp) {
    let referred = app.referred().await;
    let customer = SeedCustomer {
        id: "cus_full".to_owned(),
        metadata: (1..=50)
            .map(|key| (format!("key{key}"), "theirs".to_owned()))
            .collect(),
        ..SeedCustomer::default()
    };
    let seed = Seed {
        secret_key: STRIPE_KEY.to_owned(),
        customers: vec![customer],
        account: None,
    };
    app.stripe.seed(seed).unwrap();
    app.remember_customer(referred.mia.id, "cus_full").await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    assert_eq!(app.credits().await[0].state.code(), "failed");
    assert!(app.balance_transactions().is_empty());
    let page = app.detroit_admin().await.get("/admin/referrals").await.text;
    assert!(page.contains("Stripe refused the credit"), "{page}");
}

async fn earn(app: &TestApp, referred: &Referred) {
    let sale = app.sell(referred).await;
    app.decide(sale).await;
    assert_eq!(app.credits().await.last().unwrap().state.code(), "issued");
}

/// Asserts that a membership at $39.00 is paid with the credit of `customer`.
async fn assert_spent(app: &TestApp, key: &str, customer: &str) {
    let membership = app
        .product(&app.detroit, ProductKind::Membership, "member", 3900)
        .await;
    let session = buy(app, key, membership.id).await;
    assert_eq!(session["customer"], customer);
    pay(app, key, &session).await;
    let books = app.stripe.objects(key, None);
    let of_customer = |one: &&Value| one["id"] == customer;
    let customers = books["customers"].as_array().unwrap();
    let customer = customers.iter().find(of_customer).unwrap();
    assert_eq!(customer["balance"], 0, "it is spent");
}

/// The state of an older installation, which made a row for each key.
async fn a_credit_is_found_where_the_account_is_connected_as_another_row(app: TestApp) {
    let referred = app.referred().await;
    let customer = with_credit(&app, &referred, STRIPE_KEY).await;
    app.stripe.add_key(STRIPE_KEY, "sk_test_rolled");
    let (db, secret) = (app.state.db.writer(), [WEBHOOK_SECRET.to_owned()]);
    let new = NewAccount {
        public_id: "another",
        site_id: Some(app.detroit.id()),
        keys: Keys {
            tried: None,
            secret_key: "sk_test_rolled",
            webhook_secrets: &secret,
            stripe_account: None,
        },
        now: app.state.now(),
    };
    let id = stripe_accounts::insert(db, &app.state.sealer, &new).await;
    let id = id.unwrap();
    sites::set_stripe_account(db, app.detroit.id(), Some(id))
        .await
        .unwrap();
    let ticket = buy(&app, STRIPE_KEY, referred.ticket.id).await;
    assert_eq!(ticket["customer"], customer.as_str(), "for a ticket too");
    assert_spent(&app, STRIPE_KEY, &customer).await;
    assert_eq!(app.customer_of(referred.mia.id).await, Some(customer));
    app.run_jobs().await;
}

async fn a_credit_is_found_after_the_secrets_were_lost(mut app: TestApp) {
    let referred = app.referred().await;
    let customer = with_credit(&app, &referred, STRIPE_KEY).await;
    let another = "another secret, 32 characters long";
    app.state.sealer = Sealer::new(another, Random::system()).unwrap();
    let detroit = app.detroit.clone();
    app.connect_stripe(&detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let known = app.customer_of(referred.mia.id).await;
    assert_eq!(known, Some(customer), "of the same account's row");
    app.run_jobs().await;
}

async fn a_customer_that_checkout_made_gets_our_metadata(app: TestApp) {
    let referred = app.referred().await;
    let customer = with_credit(&app, &referred, STRIPE_KEY).await;
    sweep::round(&app.state).await.unwrap();
    let customers = app.stripe.objects(STRIPE_KEY, None)["customers"].clone();
    let [made] = &customers.as_array().unwrap()[..] else {
        panic!("not one customer");
    };
    let metadata = &made["metadata"];
    assert_eq!(metadata["realm"], app.site().await.row.realm);
    assert_eq!(metadata["holder"], referred.mia.token);
    assert!(app.customer_row(referred.mia.id).await.unwrap().marked);
    let calls = app.stripe.requests().len();
    sweep::round(&app.state).await.unwrap();
    assert_eq!(app.stripe.requests().len(), calls, "once");
    // Our row of the customer is lost: the customer is found by its metadata.
    let db = app.state.db.writer();
    stripe_customer::Entity::delete_many()
        .exec(db)
        .await
        .unwrap();
    assert_spent(&app, STRIPE_KEY, &customer).await;
    app.run_jobs().await;
}

const PRESENT: &str = "sk_test_present";

async fn a_late_event_of_a_former_account_leaves_the_present_customer(app: TestApp) {
    let referred = app.referred().await;
    let slow = buy(&app, STRIPE_KEY, referred.ticket.id).await;
    let slow = slow["id"].as_str().unwrap();
    app.stripe
        .complete(slow, PaymentStatus::Unpaid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    app.connect_stripe(&app.detroit, PRESENT, WEBHOOK_SECRET)
        .await;
    let customer = with_credit(&app, &referred, PRESENT).await;
    app.stripe
        .finish_async_payment(slow, AsyncPaymentResult::Succeeded)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    let known = app.customer_of(referred.mia.id).await;
    assert_eq!(known.as_deref(), Some(customer.as_str()));
    assert_spent(&app, PRESENT, &customer).await;
    app.run_jobs().await;
}

async fn card(browser: &Browser) -> String {
    browser.get("/dashboard").await.text
}

async fn credit_at_a_former_account_is_told(app: TestApp) {
    let referred = app.referred().await;
    earn(&app, &referred).await;
    app.connect_stripe(&app.detroit, PRESENT, WEBHOOK_SECRET)
        .await;
    let mia = app.browser();
    mia.sign_in(MIA).await;
    const FORMER: &str =
        "$10.00 is in a former payment account of this site and cannot be used here.";
    let page = card(&mia)
        .await
        .replace("&#x27;", "'")
        .replace("&#39;", "'");
    assert!(page.contains(FORMER), "{page}");
    assert!(page.contains("You have no credit right now."), "{page}");
    let phone = app.phone_of(MIA).await;
    let told = phone.get("/api/v1/me").await.json["balance"].clone();
    assert_eq!(told["status"], "empty");
    assert_eq!(told["former"][0]["cents"], 1000);
    assert!(told["text"].as_str().unwrap().contains(FORMER));
    // After connecting that account again, the credit can be spent.
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let told = phone.get("/api/v1/me").await.json["balance"].clone();
    assert_eq!(
        (told["status"].as_str(), &told["former"]),
        (Some("credit"), &serde_json::json!([]))
    );
}

/// Customers that were stored before there was a row for each account are still known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_before_are_copied_on_sqlite() {
    rows_of_before_are_copied(TestApp::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_before_are_copied_on_postgres() {
    if let Some(app) = TestApp::on_postgres().await {
        rows_of_before_are_copied(app).await;
    }
}

async fn rows_of_before_are_copied(app: TestApp) {
    use migration::{Migrator, MigratorTrait};

    let referred = app.referred().await;
    let platform = app.platform().await;
    let (db, account) = (app.state.db.writer(), app.account().await);
    let names = Migrator::migrations();
    let since = names
        .iter()
        .position(|step| step.name() == "m20261127_000015_accounts");
    let steps = names.len() - since.unwrap();
    Migrator::down(db, Some(u32::try_from(steps).unwrap()))
        .await
        .unwrap();
    for statement in [
        format!(
            "UPDATE users SET stripe_customer_id = 'cus_mia', stripe_customer_account_id = {account}, \
             stripe_customer_generation = 2, balance_cents = 2000, balance_read_at = 5 WHERE id = {}",
            referred.mia.id
        ),
        "UPDATE platform_referrers SET stripe_customer_id = 'cus_jordan', \
         stripe_customer_account_id = (SELECT stripe_account_id FROM platform_settings)"
            .to_owned(),
    ] {
        db.execute_unprepared(&statement).await.unwrap();
    }
    Migrator::up(db, None).await.unwrap();
    let row = app.customer_row(referred.mia.id).await.expect("copied");
    assert_eq!(row.customer_id.as_deref(), Some("cus_mia"));
    assert_eq!((row.generation, row.balance_cents), (2, Some(2000)));
    assert!(!row.marked && row.key_token.is_none());
    let known = app.partner_customer(platform.jordan.id).await;
    assert_eq!(known.as_deref(), Some("cus_jordan"));
    let account = stripe_accounts::row(db, account).await.unwrap().unwrap();
    assert_eq!(account.site_id, Some(app.detroit.id()));
    assert_eq!(account.stripe_account, None, "until it is asked for");
    // The migrations run down: the former columns hold what was learned since.
    Migrator::down(db, Some(u32::try_from(steps).unwrap()))
        .await
        .unwrap();
    let mia = Email::parse(&referred.mia.email).unwrap();
    let kept = format!(
        "SELECT 1 FROM users WHERE email_account = '{}' AND stripe_customer_id = 'cus_mia'",
        mia.account()
    );
    let rows = db
        .query_all_raw(sea_orm::Statement::from_string(
            db.get_database_backend(),
            kept,
        ))
        .await;
    assert_eq!(rows.unwrap().len(), 1);
    Migrator::up(db, None).await.unwrap();
}
