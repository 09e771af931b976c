//! The webhook endpoint at Stripe is created with the connection, replaced if its signing secret is
//! lost, and made by hand where Stripe or the key does not allow more.

use domain::stripe_keys::{ByHand, EVENTS, EVENTS_VERSION};
use reqwest::Client;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use serde_json::{Value, json};
use services::{
    Engine,
    operator::{Endpoint, StripeKeys, connect_stripe},
};
use store::{entities::stripe_account, location::Standing};
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use crate::support::{Browser, PLATFORM_KEY, TestApp, on_both_databases, purchase_in};

on_both_databases!(
    connecting_creates_the_endpoint_and_its_events_arrive,
    an_endpoint_without_its_secret_is_replaced,
    an_endpoint_whose_answer_is_lost_is_replaced,
    an_endpoint_is_kept_until_the_new_one_delivers,
    what_stripe_or_the_key_does_not_allow_is_made_by_hand,
    the_command_line_creates_it_too,
    a_test_says_what_the_endpoint_lacks,
    an_endpoint_of_before_is_had_send_the_new_events,
    an_endpoint_of_ours_at_another_host_is_replaced,
    one_of_which_we_lost_the_id_is_found_by_its_path,
    a_copy_for_tests_leaves_the_originals_alone,
    the_platforms_endpoint_is_at_the_brand,
);

const KEY: &str = "sk_test_detroit1234";

/// The endpoints of Detroit's account, oldest first.
fn endpoints(app: &TestApp) -> Vec<Value> {
    let objects = app.stripe.objects(KEY, None);
    objects["webhook_endpoints"].as_array().unwrap().clone()
}

async fn connect(browser: &Browser, secret_key: &str) -> String {
    let fields = [("secret_key", secret_key)];
    browser.done("connect_stripe", &fields).await
}

async fn row(app: &TestApp) -> stripe_account::Model {
    let row = stripe_account::Entity::find().one(app.state.db.reader());
    row.await.unwrap().unwrap()
}

/// Stripe's clock and ours go on, so that the next event is later than the endpoint.
async fn an_event_arrives(app: &TestApp) {
    app.advance(std::time::Duration::from_secs(2));
    let created = Client::new()
        .post(format!("{}v1/checkout/sessions", app.stripe.base_url))
        .bearer_auth(KEY)
        .form(&[
            ("mode", "payment"),
            ("success_url", "http://localhost/"),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", "usd"),
            ("line_items[0][price_data][unit_amount]", "4500"),
            ("line_items[0][price_data][product_data][name]", "Ticket"),
        ]);
    let session: Value = created.send().await.unwrap().json().await.unwrap();
    let id = session["id"].as_str().unwrap();
    let email = Some("kim@example.com");
    app.stripe.complete(id, PaymentStatus::Paid, email).unwrap();
    // An endpoint whose secret is lost is refused again and again.
    let told = "checkout.session.completed";
    let delivered = app.stripe.wait_until_delivered(KEY, told, 1).await;
    delivered.unwrap();
}

async fn connecting_creates_the_endpoint_and_its_events_arrive(app: TestApp) {
    let dana = app.detroit_admin().await;
    let said = connect(&dana, KEY).await;
    assert_eq!(
        said,
        "Stripe is connected. The webhook endpoint was created at Stripe, and its events can be \
         verified."
    );
    let [endpoint] = &endpoints(&app)[..] else {
        panic!("not one endpoint: {:?}", endpoints(&app));
    };
    let path = format!("/webhooks/stripe/{}", row(&app).await.public_id);
    assert_eq!(endpoint["url"], format!("{}{path}", dana.origin));
    assert_eq!(endpoint["enabled_events"], json!(EVENTS));
    assert_eq!(endpoint["api_version"], "2026-09-30.endive");
    // Typing the same key again changes nothing there.
    let version = row(&app).await.version.to_string();
    let again = [("secret_key", KEY), ("version", &version)];
    dana.done("connect_stripe", &again).await;
    assert_eq!(endpoints(&app).len(), 1);

    let referred_ticket = app
        .product(
            &app.detroit,
            domain::purchase::ProductKind::EventTicket,
            "steel-challenge",
            4500,
        )
        .await;
    let (id, page) = (referred_ticket.id.to_string(), "/events/steel-challenge");
    dana.go("buy", &[("product_id", id.as_str()), ("page", page)])
        .await;
    let session = app.stripe.objects(KEY, None)["sessions"][0].clone();
    let paid = session["id"].as_str().unwrap();
    app.stripe
        .complete(paid, PaymentStatus::Paid, None)
        .unwrap();
    app.stripe.wait_until_deliveries_finish(KEY).await.unwrap();
    let purchase = app.purchase(purchase_in(&session)).await;
    assert_eq!(purchase.state.code(), "paid");
    app.run_jobs().await;
}

/// As after a wrong `APP_SECRET`: the list of secrets is lost.
async fn an_endpoint_without_its_secret_is_replaced(app: TestApp) {
    let dana = app.detroit_admin().await;
    connect(&dana, KEY).await;
    let lost = row(&app).await;
    let mut changed: stripe_account::ActiveModel = lost.into();
    changed.webhook_secrets_sealed = Set("lost".to_owned());
    changed.update(app.state.db.writer()).await.unwrap();
    let said = connect(&dana, KEY).await;
    assert!(said.contains("was created at Stripe"), "{said}");
    assert_eq!(endpoints(&app).len(), 2);
    an_event_arrives(&app).await;
    app.sweep_after(std::time::Duration::ZERO).await;
    assert_eq!(endpoints(&app).len(), 1);
    let kept = row(&app).await;
    assert_eq!(endpoints(&app)[0]["id"], kept.endpoint_id.unwrap());
    assert_eq!(kept.retiring_endpoints, None);
}

async fn an_endpoint_whose_answer_is_lost_is_replaced(app: TestApp) {
    let dana = app.detroit_admin().await;
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/webhook_endpoints");
    app.stripe.fault(lost);
    let said = connect(&dana, KEY).await;
    let by_hand = ByHand::Unanswered.sentence();
    assert_eq!(said, format!("Stripe is connected. {by_hand}"));
    assert_eq!(endpoints(&app).len(), 1);
    dana.done("create_webhook_endpoint", &[]).await;
    assert_eq!(endpoints(&app).len(), 2);
    an_event_arrives(&app).await;
    app.sweep_after(std::time::Duration::ZERO).await;
    assert_eq!(endpoints(&app).len(), 1);
}

async fn an_endpoint_is_kept_until_the_new_one_delivers(app: TestApp) {
    let dana = app.detroit_admin().await;
    connect(&dana, KEY).await;
    app.advance(std::time::Duration::from_secs(1));
    let first = row(&app).await.endpoint_id;
    let said = dana.done("create_webhook_endpoint", &[]).await;
    assert!(said.contains("was created at Stripe"), "{said}");
    assert_ne!(row(&app).await.endpoint_id, first);
    app.sweep_after(std::time::Duration::ZERO).await;
    assert_eq!(endpoints(&app).len(), 2, "nothing was delivered yet");
    let silent = Fault::next(FaultKind::FailBefore).on("DELETE", "/v1/webhook_endpoints");
    app.stripe.fault(silent);
    an_event_arrives(&app).await;
    app.sweep_after(std::time::Duration::ZERO).await;
    assert_eq!(endpoints(&app).len(), 2, "Stripe did not delete it");
    app.sweep_after(std::time::Duration::ZERO).await;
    assert_eq!(endpoints(&app).len(), 1);
    let traces = app.audit_rows().await;
    let traces = traces.iter().filter(|row| row.field == "Webhook endpoint");
    assert_eq!(traces.count(), 2);
}

async fn what_stripe_or_the_key_does_not_allow_is_made_by_hand(app: TestApp) {
    let connected = async |engine: &Engine, base_url: &'static str, secret_key: &'static str| {
        let keys = StripeKeys {
            secret_key,
            base_url: Some(base_url),
            ..StripeKeys::default()
        };
        let connected = connect_stripe(engine, "detroit-arms", &keys).await;
        connected.unwrap().endpoint.unwrap()
    };
    let mut real = app.state.engine.clone();
    real.simulated_payments = false;
    let (http, local) = ("http://detroitarms.com", "https://localhost:3000");
    let public = "https://detroitarms.com";
    let refused = connected(&real, public, "rk_test_nowebhooks1").await;
    assert_eq!(refused, Endpoint::ByHand(ByHand::NotAllowed));
    let not_https = connected(&real, http, "sk_test_one").await;
    assert_eq!(not_https, Endpoint::ByHand(ByHand::NotHttps));
    let local = connected(&real, local, "sk_test_two").await;
    assert_eq!(local, Endpoint::ByHand(ByHand::Local));

    for number in 0..16 {
        let other = Client::new()
            .post(format!("{}v1/webhook_endpoints", app.stripe.base_url))
            .bearer_auth("sk_test_full")
            .form(&[
                ("url", format!("https://example.com/{number}").as_str()),
                ("enabled_events[0]", "*"),
            ]);
        assert_eq!(other.send().await.unwrap().status(), 200);
    }
    let full = connected(&real, public, "sk_test_full").await;
    assert_eq!(full, Endpoint::ByHand(ByHand::Full));
    let dana = app.detroit_admin().await;
    let refusal = dana.refused("create_webhook_endpoint", &[]).await;
    assert_eq!(refusal.message, Some(ByHand::Full.sentence()));
}

async fn the_command_line_creates_it_too(app: TestApp) {
    let keys = StripeKeys {
        secret_key: KEY,
        base_url: Some("http://localhost:3000"),
        ..StripeKeys::default()
    };
    let connected = connect_stripe(&app.state, "detroit-arms", &keys).await;
    let connected = connected.unwrap();
    assert_eq!(connected.endpoint, Some(Endpoint::Created));
    assert_eq!(connected.webhook_secrets, 1);
    let url = format!("http://localhost:3000{}", connected.path);
    assert_eq!(endpoints(&app)[0]["url"], url);
}

/// The command line, at the address of before.
async fn connected_at_another_port(app: &TestApp) {
    let keys = StripeKeys {
        secret_key: KEY,
        base_url: Some("http://localhost:3000"),
        ..StripeKeys::default()
    };
    let connected = connect_stripe(&app.state, "detroit-arms", &keys).await;
    assert_eq!(connected.unwrap().endpoint, Some(Endpoint::Created));
}

async fn assert_one_is_left(app: &TestApp, origin: &str) {
    assert_eq!(endpoints(app).len(), 2);
    an_event_arrives(app).await;
    app.sweep_after(std::time::Duration::ZERO).await;
    let [endpoint] = &endpoints(app)[..] else {
        panic!("not one endpoint: {:?}", endpoints(app));
    };
    assert!(endpoint["url"].as_str().unwrap().starts_with(origin));
}

async fn an_endpoint_of_ours_at_another_host_is_replaced(app: TestApp) {
    connected_at_another_port(&app).await;
    let dana = app.detroit_admin().await;
    app.advance(std::time::Duration::from_secs(1));
    dana.done("create_webhook_endpoint", &[]).await;
    assert_one_is_left(&app, &dana.origin).await;
}

async fn one_of_which_we_lost_the_id_is_found_by_its_path(app: TestApp) {
    connected_at_another_port(&app).await;
    let mut lost: stripe_account::ActiveModel = row(&app).await.into();
    lost.endpoint_id = Set(None);
    lost.update(app.state.db.writer()).await.unwrap();
    let dana = app.detroit_admin().await;
    app.advance(std::time::Duration::from_secs(1));
    dana.done("create_webhook_endpoint", &[]).await;
    assert_one_is_left(&app, &dana.origin).await;
}

async fn a_copy_for_tests_leaves_the_originals_alone(app: TestApp) {
    connected_at_another_port(&app).await;
    let mut copied: stripe_account::ActiveModel = row(&app).await.into();
    copied.webhook_secrets_sealed = Set("forgotten".to_owned());
    copied.secret_key_sealed = Set("forgotten".to_owned());
    copied.update(app.state.db.writer()).await.unwrap();
    let mut copy = app.state.engine.clone();
    copy.standing = Standing::Detached;
    let keys = StripeKeys {
        secret_key: KEY,
        base_url: Some("http://copy.localhost:3000"),
        ..StripeKeys::default()
    };
    let connected = connect_stripe(&copy, "detroit-arms", &keys).await.unwrap();
    assert_eq!(connected.endpoint, Some(Endpoint::Created));
    assert_eq!(endpoints(&app).len(), 2);
    assert_eq!(row(&app).await.retiring_endpoints, None);
}

/// The platform's admin works at a tenant's host, which may go.
async fn the_platforms_endpoint_is_at_the_brand(app: TestApp) {
    app.platform().await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let fields = [("program", "platform")];
    let said = pat.done("create_webhook_endpoint", &fields).await;
    assert!(said.contains("was created at Stripe"), "{said}");
    let objects = app.stripe.objects(PLATFORM_KEY, None);
    let endpoints = objects["webhook_endpoints"].as_array().unwrap();
    let brand = format!("http://pewpros.localhost:{}/", app.address.port());
    let at_brand = |one: &&Value| one["url"].as_str().unwrap().starts_with(&brand);
    assert_eq!(
        endpoints.iter().filter(at_brand).count(),
        1,
        "{endpoints:?}"
    );
    let page = pat.fetch("payment_settings", &[]).await;
    let settings: app::types::admin::PaymentSettings = serde_json::from_str(&page.text).unwrap();
    let stripe = settings.platform.unwrap().stripe.unwrap();
    assert!(
        stripe.webhook_url.starts_with(&brand),
        "{}",
        stripe.webhook_url
    );
}

async fn a_test_says_what_the_endpoint_lacks(app: TestApp) {
    let dana = app.detroit_admin().await;
    connect(&dana, KEY).await;
    let id = endpoints(&app)[0]["id"].as_str().unwrap().to_owned();
    let change = async |name: &'static str, value: &'static str| {
        let changed = Client::new()
            .post(format!("{}v1/webhook_endpoints/{id}", app.stripe.base_url))
            .bearer_auth(KEY)
            .form(&[(name, value)]);
        assert_eq!(changed.send().await.unwrap().status(), 200);
        dana.done("test_stripe", &[]).await
    };
    let said = change("enabled_events[0]", "checkout.session.expired").await;
    assert!(
        said.contains("does not send checkout.session.completed, checkout.session.async"),
        "{said}"
    );
    let said = change("disabled", "true").await;
    assert!(said.contains("is disabled at Stripe"), "{said}");
}

async fn an_endpoint_of_before_is_had_send_the_new_events(app: TestApp) {
    let dana = app.detroit_admin().await;
    connect(&dana, KEY).await;
    let of_before = async || {
        let id = endpoints(&app)[0]["id"].as_str().unwrap().to_owned();
        let changed = Client::new()
            .post(format!("{}v1/webhook_endpoints/{id}", app.stripe.base_url))
            .bearer_auth(KEY)
            .form(&[("enabled_events[0]", "checkout.session.completed")]);
        assert_eq!(changed.send().await.unwrap().status(), 200);
        let mut row: stripe_account::ActiveModel = row(&app).await.into();
        row.endpoint_events = Set(0);
        row.update(app.state.db.writer()).await.unwrap();
    };
    of_before().await;
    let silent = Fault::next(FaultKind::FailBefore).on("POST", "/v1/webhook_endpoints");
    app.stripe.fault(silent);
    app.sweep_after(std::time::Duration::ZERO).await;
    assert_eq!(row(&app).await.endpoint_events, 0, "Stripe did not answer");
    app.sweep_after(std::time::Duration::ZERO).await;
    assert_eq!(endpoints(&app)[0]["enabled_events"], json!(EVENTS));
    assert_eq!(row(&app).await.endpoint_events, EVENTS_VERSION);
    assert_eq!(endpoints(&app).len(), 1, "no other was made");
    of_before().await;
    let forbidden = Fault::next(FaultKind::Forbidden).on("POST", "/v1/webhook_endpoints");
    app.stripe.fault(forbidden);
    for _ in 0..2 {
        app.sweep_after(std::time::Duration::ZERO).await;
        // It is told by a test of the connection then.
        assert_ne!(endpoints(&app)[0]["enabled_events"], json!(EVENTS));
    }
    app.stripe.roll_key(KEY, "sk_test_rolled");
    let version = row(&app).await.version.to_string();
    let rolled = [("secret_key", "sk_test_rolled"), ("version", &version)];
    dana.done("connect_stripe", &rolled).await;
    app.sweep_after(std::time::Duration::ZERO).await;
    assert_eq!(endpoints(&app)[0]["enabled_events"], json!(EVENTS));
    assert_eq!(endpoints(&app).len(), 1, "the same one");
}
