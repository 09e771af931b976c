//! Refunds and disputes while no endpoint was there to hear of them are found with the books.

use services::books::{self, Asked, Progress};
use store::Scope;
use stripe_stand_in::{DisputeKind, DisputeStatus, Fault, FaultKind, RefundStatus};
use time::Duration;

use super::{Scene, credited, platform, rest};
use crate::support::{PLATFORM_KEY, STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    a_refund_that_no_event_told_is_found,
    one_that_failed_untold_restores_the_credit,
    a_dispute_that_no_event_told_is_found_and_so_is_its_end,
    a_plan_that_was_refunded_untold_is_found,
    what_is_known_is_not_asked_about_again,
    a_gap_of_months_is_read,
    a_key_that_may_not_list_refunds_compares_the_books,
    what_was_refunded_of_others_is_left_alone,
);

/// Deletes Detroit's webhook endpoint in Stripe's dashboard.
fn delete_endpoint(app: &TestApp, scene: &Scene) {
    let url = format!("http://{}{}", app.address, scene.referred.webhook);
    assert!(app.stripe.remove_endpoint(STRIPE_KEY, &url));
}

/// How often Stripe was asked for something.
fn asked(app: &TestApp, path: &str) -> usize {
    let requests = app.stripe.requests();
    let listed = requests
        .iter()
        .filter(|one| one.method == "GET" && one.path == path);
    listed.count()
}

async fn a_refund_that_no_event_told_is_found(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    delete_endpoint(&app, &scene);
    let refund = RefundStatus::Succeeded;
    app.stripe.refund(&bought.payment, None, refund).unwrap();
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    app.compare_books().await;
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 4500);
    app.assert_nothing_is_left().await;
}

async fn one_that_failed_untold_restores_the_credit(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let refund = app
        .stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded);
    let refund = refund.unwrap()["id"].as_str().unwrap().to_owned();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    delete_endpoint(&app, &scene);
    app.stripe
        .settle_refund(&refund, RefundStatus::Failed)
        .unwrap();
    app.compare_books().await;
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 0);
    app.assert_nothing_is_left().await;
}

async fn a_dispute_that_no_event_told_is_found_and_so_is_its_end(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    delete_endpoint(&app, &scene);
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = dispute.unwrap()["id"].as_str().unwrap().to_owned();
    app.compare_books().await;
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    app.compare_books().await;
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn a_plan_that_was_refunded_untold_is_found(app: TestApp) {
    let platform = app.platform().await;
    platform::subscribe(&app, &platform).await;
    platform::rest(&app).await;
    let url = format!("http://{}{}", app.address, platform.webhook);
    assert!(app.stripe.remove_endpoint(PLATFORM_KEY, &url));
    let payment = platform::payment_at_stripe(&app);
    let refund = RefundStatus::Succeeded;
    app.stripe.refund(&payment, None, refund).unwrap();
    let begun = books::begin(&app.state, Scope::Platform, Asked::ByOperator).await;
    let progress = books::go_on(&app.state, begun.unwrap().id()).await;
    assert_eq!(progress.unwrap(), Progress::Finished);
    platform::rest(&app).await;
    let referral = app.platform_referral().await;
    assert_eq!(referral.taken_back_cents, Some(5000));
    app.assert_nothing_is_left().await;
}

async fn what_is_known_is_not_asked_about_again(app: TestApp) {
    let (_, bought) = credited(&app).await;
    let refund = RefundStatus::Succeeded;
    app.stripe
        .refund(&bought.payment, Some(1500), refund)
        .unwrap();
    app.stripe
        .dispute(&bought.payment, DisputeKind::Inquiry)
        .unwrap();
    rest(&app).await;
    let before = asked(&app, "/v1/refunds");
    app.compare_books().await;
    rest(&app).await;
    assert_eq!(asked(&app, "/v1/refunds"), before + 1, "the list alone");
    app.assert_nothing_is_left().await;
}

async fn a_gap_of_months_is_read(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.compare_books().await;
    delete_endpoint(&app, &scene);
    let refund = RefundStatus::Succeeded;
    app.stripe.refund(&bought.payment, None, refund).unwrap();
    app.advance(Duration::days(200).unsigned_abs());
    app.compare_books().await;
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
}

async fn a_key_that_may_not_list_refunds_compares_the_books(app: TestApp) {
    credited(&app).await;
    for path in ["/v1/refunds", "/v1/disputes"] {
        let forbidden = Fault::next(FaultKind::Forbidden);
        app.stripe.fault(forbidden.on("GET", path));
    }
    let row = app.compare_books().await;
    assert_eq!(row.outcome.unwrap().code(), "compared");
    assert_eq!(row.customers, 2, "Mia's and Jane's");
    app.assert_nothing_is_left().await;
}

async fn what_was_refunded_of_others_is_left_alone(app: TestApp) {
    let (scene, _) = credited(&app).await;
    delete_endpoint(&app, &scene);
    app.pay_at_stripe("pi_other", 900);
    let refund = RefundStatus::Succeeded;
    app.stripe.refund("pi_other", None, refund).unwrap();
    app.compare_books().await;
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.refund_rows().await, []);
    app.assert_nothing_is_left().await;
}
