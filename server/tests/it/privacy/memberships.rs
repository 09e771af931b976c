//! Memberships end with the account (`docs/rules.md` 102).

use std::time::Duration;

use domain::{account::TRIED_AGAIN_AT_LATEST, purchase::ProductKind};
use serde_json::Value;
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use super::{DELETED, delete};
use crate::support::{
    Browser, Referred, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases, stripe,
};

on_both_databases!(
    a_membership_is_canceled_at_stripe,
    one_that_stripe_does_not_cancel_is_tried_again,
    an_account_that_takes_no_key_is_asked_less_and_less_often,
    one_that_has_ended_is_none,
);

/// Replaces [`STRIPE_KEY`].
const ROLLED: &str = "sk_test_rolled";
const MINUTE: Duration = Duration::from_secs(60);

/// Jane has a membership.
async fn member(app: &TestApp) -> (Referred, Browser) {
    let referred = app.referred().await;
    let jane = app.signed_in("jane@example.com").await;
    let kind = ProductKind::Membership;
    let product = app.product(&app.detroit, kind, "gold", 3900).await;
    let id = product.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/gold")];
    jane.go("buy", &form).await;
    let objects = app.stripe.objects(STRIPE_KEY, None);
    let session = stripe::listed(&objects["sessions"]).pop().unwrap();
    let id = session["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    app.run_jobs().await;
    app.settle().await;
    (referred, jane)
}

fn subscription(app: &TestApp) -> Value {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    stripe::listed(&objects["subscriptions"]).pop().unwrap()
}

async fn a_membership_is_canceled_at_stripe(app: TestApp) {
    let (referred, jane) = member(&app).await;
    let page = jane.get("/account/delete").await.text;
    assert!(
        page.contains("Your membership ends right away and is not refunded: The gold."),
        "{page}"
    );
    assert_eq!(subscription(&app)["status"], "active");
    assert_eq!(delete(&jane, 0).await, DELETED);
    app.run_jobs().await;
    assert_eq!(subscription(&app)["status"], "canceled");
    assert!(app.is_deleted(&referred.jane).await);
    assert!(app.purchases().await[0].subscription_ended_at.is_some());
}

async fn one_that_stripe_does_not_cancel_is_tried_again(app: TestApp) {
    let (referred, jane) = member(&app).await;
    app.stripe
        .fault(Fault::next(FaultKind::BadGateway).on("DELETE", "/v1/subscriptions/"));
    delete(&jane, 0).await;
    app.run_jobs().await;
    // What is ours goes at once; Stripe is asked until it says yes.
    assert!(app.is_deleted(&referred.jane).await);
    assert!(app.row_of(&referred.jane).await.deletion_due);
    assert_eq!(subscription(&app)["status"], "active");
    app.sweep_after(MINUTE).await;
    assert_eq!(subscription(&app)["status"], "canceled");
    assert!(!app.row_of(&referred.jane).await.deletion_due);
}

/// The key is revoked at Stripe, for good or for some days.
async fn an_account_that_takes_no_key_is_asked_less_and_less_often(app: TestApp) {
    app.stop_our_clock();
    let (referred, jane) = member(&app).await;
    app.stripe.roll_key(STRIPE_KEY, ROLLED);
    delete(&jane, 0).await;
    app.run_jobs().await;
    assert!(app.is_deleted(&referred.jane).await);
    let waits = async || {
        let row = app.row_of(&referred.jane).await;
        row.deletion_next_at.unwrap() - app.state.now()
    };
    let mut before = time::Duration::ZERO;
    for wait in [MINUTE, MINUTE * 60, MINUTE * 60 * 24 * 3] {
        app.sweep_after(wait).await;
        assert!(before < waits().await, "{wait:?}");
        before = waits().await;
    }
    assert_eq!(before, TRIED_AGAIN_AT_LATEST);
    // Not due yet.
    app.sweep_after(MINUTE).await;
    assert_eq!(waits().await, before - MINUTE);
    app.connect_stripe(&app.detroit, ROLLED, WEBHOOK_SECRET)
        .await;
    app.sweep_after(MINUTE * 60 * 6).await;
    assert_eq!(subscription(&app)["status"], "canceled");
    let row = app.row_of(&referred.jane).await;
    assert!(!row.deletion_due && row.deletion_next_at.is_none());
}

async fn one_that_has_ended_is_none(app: TestApp) {
    let (referred, jane) = member(&app).await;
    let id = subscription(&app)["id"].as_str().unwrap().to_owned();
    let url = format!("{}v1/subscriptions/{id}", app.stripe.base_url);
    let ended = reqwest::Client::new()
        .delete(url)
        .bearer_auth(STRIPE_KEY)
        .send()
        .await;
    assert_eq!(ended.unwrap().status(), 200);
    delete(&jane, 0).await;
    app.run_jobs().await;
    let row = app.row_of(&referred.jane).await;
    assert!(row.deleted_at.is_some() && !row.deletion_due);
}
