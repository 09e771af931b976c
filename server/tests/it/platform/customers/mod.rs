//! A platform referrer's Stripe customer: made for them, and replaced only by an admin's choice.

mod moves;

use std::time::Duration;

use app::{
    ports::PlatformReferrers,
    types::{Outcome, admin::ReferrerCustomer},
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use services::{jobs, operator, queue::Job};
use store::{entities::platform_referrer, platform_referrers};
use stripe_stand_in::{Fault, FaultKind};
use web::ports::Services;

use crate::support::{
    PLATFORM_KEY, PLATFORM_SECRET, Platform, TestApp, on_both_databases, subscription,
};

on_both_databases!(
    one_is_made_when_the_referrer_is_added,
    one_is_made_once_stripe_is_connected,
    what_stripe_does_not_answer_is_made_by_the_sweep,
    an_admin_chooses_an_older_one_in_any_letters_case,
    an_unknown_origin_is_told_and_can_be_replaced,
    what_cannot_be_chosen_is_refused,
    two_admins_at_once_are_told,
    without_stripe_the_page_says_so,
);

fn customer(app: &TestApp, id: &str) -> Value {
    let mut customers = app.platform_objects("customers").into_iter();
    customers.find(|customer| customer["id"] == id).expect(id)
}

/// The credit of this customer at Stripe, in cents.
fn credit(app: &TestApp, id: &str) -> i64 {
    -customer(app, id)["balance"].as_i64().unwrap()
}

fn plant(app: &TestApp, customers: Value) {
    let seed = json!({"secret_key": PLATFORM_KEY, "customers": customers});
    let seed = serde_json::from_value(seed).unwrap();
    app.stripe.seed(seed).unwrap();
}

async fn sale(app: &TestApp, platform: &Platform, id: &str) {
    let code = Some(platform.jordan.code.as_str());
    let session = subscription(id, &platform.pewpros, "kim@example.com", code);
    app.subscribe(platform, session).await;
}

/// The pages of Pat, who runs the platform program.
async fn pat(app: &TestApp) -> Services {
    let pat = match app.find(&app.detroit, "pat@example.com").await {
        Some(pat) => pat,
        None => app.platform_admin(&app.detroit, "pat@example.com").await,
    };
    app.services(&app.detroit, Some(&pat)).await
}

/// What Pat sees of Jordan's customer.
async fn page(app: &TestApp, jordan: &platform_referrer::Model) -> ReferrerCustomer {
    let services = pat(app).await;
    let page = services.customer(jordan.id.get()).await;
    page.unwrap().expect("Jordan")
}

async fn choose(
    app: &TestApp,
    seen: Option<&str>,
    customer: &str,
    id: i64,
) -> Result<String, String> {
    let services = pat(app).await;
    let seen = seen.unwrap_or_default();
    said(services.choose_customer(id, seen, customer).await.unwrap())
}

fn said(outcome: Outcome) -> Result<String, String> {
    match outcome {
        Outcome::Done(said) => Ok(said),
        Outcome::Refused(refusal) => Err(refusal.message.unwrap()),
        other => panic!("neither done nor refused: {other:?}"),
    }
}

/// Has a customer made for each platform referrer, as the job of an added one does.
async fn make_customers(app: &TestApp) {
    let referrers = platform_referrers::page(app.state.db.reader(), None, None, 100).await;
    for referrer in referrers.unwrap() {
        let job = Job::MakeCustomer {
            platform_referrer_id: referrer.id,
        };
        jobs::perform(&app.state, &job).await.unwrap();
    }
}

/// Jordan has $50.00 on a customer of his own, and Pat has chosen `cus_old` for him.
async fn chosen(app: &TestApp) -> (Platform, String) {
    let platform = app.platform().await;
    plant(
        app,
        json!([{"id": "cus_old", "email": "Jordan@Example.com", "created": 1_600_000_000}]),
    );
    sale(app, &platform, "cs_1").await;
    let own = app.partner_customer(platform.jordan.id).await.unwrap();
    assert_eq!(credit(app, &own), 5000);
    let id = platform.jordan.id.get();
    let said = choose(app, Some(&own), "cus_old", id).await;
    let words = "Later credits of Jordan Reyes go to this customer.";
    assert_eq!(said.as_deref(), Ok(words));
    (platform, own)
}

async fn one_is_made_when_the_referrer_is_added(app: TestApp) {
    let platform = app.platform().await;
    let sky = app.platform_referrer("Sky Marsh", "sky@example.com").await;
    app.run_jobs().await;
    let theirs = app.partner_customer(sky.id).await.unwrap();
    assert_eq!(customer(&app, &theirs)["name"], "Sky Marsh");
    make_customers(&app).await;
    let theirs = app.partner_customer(platform.jordan.id).await.unwrap();
    let made = customer(&app, &theirs);
    assert_eq!(made["name"], "Jordan Reyes");
    assert_eq!(made["email"], "jordan@example.com");
    assert_eq!(made["metadata"]["holder"], platform.jordan.token.as_str());
    let page = page(&app, &platform.jordan).await;
    assert_eq!(page.source, "It was made for this referrer.");
    assert!(!page.can_make && page.others.is_empty(), "{page:?}");
    // Subscribing later with the address changes nothing.
    plant(
        &app,
        json!([{"id": "cus_late", "email": "jordan@example.com"}]),
    );
    sale(&app, &platform, "cs_1").await;
    assert_eq!((credit(&app, &theirs), credit(&app, "cus_late")), (5000, 0));
}

async fn one_is_made_once_stripe_is_connected(app: TestApp) {
    let platform = app.platform().await;
    operator::disconnect_platform_stripe(&app.state)
        .await
        .unwrap();
    make_customers(&app).await;
    assert!(app.platform_objects("customers").is_empty());
    app.connect_platform(PLATFORM_KEY, PLATFORM_SECRET).await;
    app.sweep_after(Duration::from_secs(60)).await;
    let theirs = app.partner_customer(platform.jordan.id).await;
    assert_eq!(app.platform_objects("customers").len(), 1);
    assert_eq!(customer(&app, &theirs.unwrap())["name"], "Jordan Reyes");
}

async fn what_stripe_does_not_answer_is_made_by_the_sweep(app: TestApp) {
    let platform = app.platform().await;
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers");
    app.stripe.fault(lost);
    make_customers(&app).await;
    assert_eq!(app.partner_customer(platform.jordan.id).await, None);
    app.sweep_after(Duration::from_secs(60)).await;
    let theirs = app.partner_customer(platform.jordan.id).await.unwrap();
    let customers = app.platform_objects("customers");
    assert_eq!(customers.len(), 1, "the lost answer's customer is theirs");
    assert_eq!(customers[0]["id"].as_str(), Some(theirs.as_str()));
}

async fn an_admin_chooses_an_older_one_in_any_letters_case(app: TestApp) {
    let platform = app.platform().await;
    plant(
        &app,
        json!([
            {"id": "cus_upper", "email": "JORDAN@example.com", "created": 1_600_000_000},
            {"id": "cus_same", "email": "jordan@example.com", "created": 1_700_000_000},
            {"id": "cus_else", "email": "jordan@example.org", "created": 1_500_000_000},
        ]),
    );
    make_customers(&app).await;
    let own = app.partner_customer(platform.jordan.id).await.unwrap();
    let shown = page(&app, &platform.jordan).await;
    let ids: Vec<_> = shown.others.iter().map(|other| other.id.as_str()).collect();
    assert_eq!(ids, ["cus_upper", "cus_same"], "oldest first");
    assert_eq!(shown.others[0].email, "JORDAN@example.com");
    let id = platform.jordan.id.get();
    choose(&app, Some(&own), "cus_upper", id).await.unwrap();
    sale(&app, &platform, "cs_1").await;
    assert_eq!((credit(&app, "cus_upper"), credit(&app, &own)), (5000, 0));
    let shown = page(&app, &platform.jordan).await;
    assert_eq!(shown.source, "An admin chose it for this referrer.");
    assert!(shown.elsewhere.is_empty(), "nothing was earned before");
    // The sweep marks the chosen one, and the earlier one is nobody's.
    app.sweep_after(Duration::from_secs(60)).await;
    let token = platform.jordan.token.as_str();
    assert_eq!(customer(&app, "cus_upper")["metadata"]["holder"], token);
    assert_eq!(customer(&app, &own)["metadata"], json!({}));
    let changes = app.audit_rows().await;
    let change = changes.iter().find(|row| row.field == "Stripe customer");
    let change = change.expect("a line in the audit log");
    assert_eq!(change.old_value.as_deref(), Some(own.as_str()));
    assert_eq!(change.new_value.as_deref(), Some("cus_upper"));
}

/// A row of an earlier version does not say how the referrer got the customer.
async fn an_unknown_origin_is_told_and_can_be_replaced(app: TestApp) {
    let (platform, _) = chosen(&app).await;
    let db = app.state.db.writer();
    let forgotten = db.execute_unprepared("UPDATE stripe_customers SET source = NULL");
    forgotten.await.unwrap();
    let shown = page(&app, &platform.jordan).await;
    assert!(
        shown.source.contains("Make sure that it belongs"),
        "{}",
        shown.source
    );
    assert!(shown.can_make);
    let id = platform.jordan.id.get();
    choose(&app, Some("cus_old"), "new", id).await.unwrap();
    let new = app.partner_customer(platform.jordan.id).await.unwrap();
    assert_eq!(customer(&app, &new)["name"], "Jordan Reyes");
    assert!(!page(&app, &platform.jordan).await.can_make);
}

async fn what_cannot_be_chosen_is_refused(app: TestApp) {
    let platform = app.platform().await;
    let sky = app
        .platform_referrer("Sky Marsh", "JORDAN@example.org")
        .await;
    make_customers(&app).await;
    let (own, of_sky) = (
        app.partner_customer(platform.jordan.id).await.unwrap(),
        app.partner_customer(sky.id).await.unwrap(),
    );
    plant(
        &app,
        json!([{"id": "cus_else", "email": "someone@example.com"}]),
    );
    let id = platform.jordan.id.get();
    let gone = "Stripe has no customer with this id and the referrer's address anymore.";
    for other in ["cus_else", "cus_none", "", of_sky.as_str()] {
        let said = choose(&app, Some(&own), other, id).await;
        assert_eq!(said.unwrap_err(), gone, "{other}");
    }
    // Somebody else's, although it has the address at Stripe.
    let url = format!("{}v1/customers/{of_sky}", app.stripe.base_url);
    let changed = reqwest::Client::new().post(url).bearer_auth(PLATFORM_KEY);
    let changed = changed
        .form(&[("email", "jordan@example.com")])
        .send()
        .await;
    assert_eq!(changed.unwrap().status(), 200);
    let said = choose(&app, Some(&own), &of_sky, id).await;
    let words = "This is the customer of Sky Marsh already.";
    assert_eq!(said.unwrap_err(), words);
    let said = choose(&app, Some(&own), "new", 999_999).await;
    assert_eq!(said.unwrap_err(), "There is no such referrer.");
    assert_eq!(app.partner_customer(platform.jordan.id).await, Some(own));
}

async fn two_admins_at_once_are_told(app: TestApp) {
    let (platform, own) = chosen(&app).await;
    let said = choose(&app, Some(&own), "new", platform.jordan.id.get()).await;
    assert!(
        said.unwrap_err().starts_with("Somebody else chose"),
        "stale"
    );
    let theirs = app.partner_customer(platform.jordan.id).await;
    assert_eq!(theirs.as_deref(), Some("cus_old"));
}

async fn without_stripe_the_page_says_so(app: TestApp) {
    let (platform, own) = chosen(&app).await;
    let outage = Fault::next(FaultKind::BadGateway);
    app.stripe.fault(outage.times(100));
    let shown = page(&app, &platform.jordan).await;
    assert!(shown.gap.unwrap().contains("cannot reach"));
    let id = platform.jordan.id.get();
    let said = choose(&app, Some("cus_old"), &own, id).await;
    assert!(said.unwrap_err().contains("nothing was changed"));
    let said = moves::move_from(&app, &platform, &own).await;
    assert!(said.unwrap_err().contains("nothing was moved"));
    operator::disconnect_platform_stripe(&app.state)
        .await
        .unwrap();
    let shown = page(&app, &platform.jordan).await;
    assert!(shown.gap.unwrap().contains("not set up"));
    let said = choose(&app, Some("cus_old"), &own, id).await;
    assert_eq!(
        said.unwrap_err(),
        "Stripe is not connected, so nothing was changed."
    );
}
