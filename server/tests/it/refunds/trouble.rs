//! Refunds of ours in every trouble that a call can have: nothing is refunded twice, and nothing is lost.

use std::time::Duration;

use domain::refund::RefundStatus;
use serde_json::{Value, json};
use stripe_stand_in::{Fault, FaultKind, RefundStatus as AtStripe};

use super::{credited, rest};
use crate::support::{STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    each_trouble_refunds_once,
    each_trouble_while_listing_refunds_once,
    while_stripe_hangs_it_is_made_once,
    an_event_whose_amount_cannot_be_read_has_stripe_asked,
    what_could_not_be_read_early_is_read_from_the_next_event,
    an_answer_that_is_lost_for_a_day_is_found_by_its_token,
    its_event_before_its_answer_makes_no_second_row,
    killed_after_the_commit_it_goes_on,
    under_a_new_key_it_is_found_first,
);

/// The amounts of the refunds that Stripe has.
fn at_stripe(app: &TestApp) -> Vec<i64> {
    let refunds = app.refunds_at_stripe();
    let amounts = refunds.iter().map(|one| one["amount"].as_i64().unwrap());
    amounts.collect()
}

/// Waits as long as the product wants to.
async fn go_on(app: &TestApp) {
    for _ in 0..8 {
        app.stripe.release_hung();
        app.sweep_after(Duration::from_secs(300)).await;
        app.settle().await;
    }
}

async fn each_trouble_refunds_once(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let mut refunded = 0;
    for (kind, cents) in troubles() {
        app.stripe
            .fault(Fault::next(kind).on("POST", "/v1/refunds"));
        let answered = app.refund(bought.id, cents).await;
        answered.unwrap_or_else(|why| panic!("{kind:?}: {why:?}"));
        refunded += cents;
        go_on(&app).await;
        app.stripe.clear_faults();
        assert_eq!(at_stripe(&app).iter().sum::<i64>(), refunded, "{kind:?}");
        let row = app.paid(bought.id).await;
        assert_eq!(
            (row.refunded_cents, row.refund_pending_cents),
            (refunded, 0),
            "{kind:?}"
        );
    }
    let rows = app.refund_rows().await;
    assert_eq!(rows.len(), troubles().len());
    assert!(
        rows.iter()
            .all(|row| *row.status == RefundStatus::Succeeded)
    );
    app.assert_stands(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

/// Each passing trouble with an amount of its own. A call that hangs is cut off by the page's patience.
fn troubles() -> Vec<(FaultKind, i64)> {
    let waits = [FaultKind::Hang, FaultKind::HangAfter];
    let kinds = FaultKind::PASSING.into_iter();
    let kinds = kinds.filter(|kind| !waits.contains(kind));
    kinds.zip((1..).map(|number| 100 + number)).collect()
}

async fn each_trouble_while_listing_refunds_once(app: TestApp) {
    let (_, bought) = credited(&app).await;
    let mut refunded = 0;
    for (kind, cents) in troubles() {
        app.stripe.fault(Fault::next(kind).on("GET", "/v1/refunds"));
        app.refund(bought.id, cents).await.unwrap();
        refunded += cents;
        go_on(&app).await;
        app.stripe.clear_faults();
        assert_eq!(at_stripe(&app).iter().sum::<i64>(), refunded, "{kind:?}");
        assert_eq!(app.paid(bought.id).await.refunded_cents, refunded);
    }
    app.assert_nothing_is_left().await;
}

/// The admin is answered, and the refund goes on by itself.
async fn while_stripe_hangs_it_is_made_once(mut app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.shorten_patience();
    // An event would tell of a refund before its answer.
    app.stripe.hold_deliveries(STRIPE_KEY);
    for (kind, cents) in [(FaultKind::Hang, 2000), (FaultKind::HangAfter, 2500)] {
        app.stripe
            .fault(Fault::next(kind).on("POST", "/v1/refunds"));
        let asked = app.refund(bought.id, cents).await.unwrap();
        assert_eq!(asked.status, RefundStatus::Requested, "{kind:?}");
        assert!(asked.words().contains("goes on by itself"), "{kind:?}");
        go_on(&app).await;
    }
    app.stripe.wait_until_requests_finish().await.unwrap();
    assert_eq!(at_stripe(&app).iter().sum::<i64>(), 4500);
    assert_eq!(at_stripe(&app).len(), 2, "each once");
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

/// What the event does not say, Stripe is asked.
async fn an_event_whose_amount_cannot_be_read_has_stripe_asked(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let refunded = app
        .stripe
        .refund(&bought.payment, None, AtStripe::Succeeded);
    refunded.unwrap();
    for body in app.stripe_events("refund.created") {
        let mut event: Value = serde_json::from_str(&body).unwrap();
        event["data"]["object"]["amount"] = json!("all of it");
        let body = event.to_string();
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    assert_eq!(app.paid(bought.id).await.refunded_cents, 0);
    app.run_jobs().await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 4500);
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

/// It was kept to be looked at when its purchase was not known, and nobody has looked yet.
async fn what_could_not_be_read_early_is_read_from_the_next_event(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let refunded = app
        .stripe
        .refund(&bought.payment, None, AtStripe::Succeeded);
    refunded.unwrap();
    let [refund] = &app.refunds_at_stripe()[..] else {
        panic!("one refund");
    };
    let account = app.paid(bought.id).await.stripe_account_id.unwrap();
    let (id, now) = (refund["id"].as_str().unwrap(), app.state.now());
    let db = app.state.db.writer();
    let kept = store::refunds::insert_charge(db, account, id, &bought.payment, now);
    kept.await.unwrap();
    for body in app.stripe_events("refund.created") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    assert_eq!(app.paid(bought.id).await.refunded_cents, 4500);
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
}

async fn an_answer_that_is_lost_for_a_day_is_found_by_its_token(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/refunds");
    app.stripe.fault(lost);
    let waits = app.refund(bought.id, 4500).await.unwrap();
    assert_eq!(waits.status, RefundStatus::Requested);
    assert!(waits.words().contains("goes on by itself"));
    // Stripe has forgotten the key by then.
    app.sweep_after(Duration::from_secs(25 * 3600)).await;
    app.settle().await;
    assert_eq!(at_stripe(&app), [4500]);
    let rows = app.refund_rows().await;
    assert_eq!((rows.len(), rows[0].status.code()), (1, "succeeded"));
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn its_event_before_its_answer_makes_no_second_row(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/refunds");
    app.stripe.fault(lost);
    app.refund(bought.id, 4500).await.unwrap();
    for body in app.stripe_events("refund.created") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    let rows = app.refund_rows().await;
    assert_eq!(rows.len(), 1, "matched by its token");
    assert_eq!(rows[0].status.code(), "succeeded");
    rest(&app).await;
    assert_eq!(at_stripe(&app), [4500]);
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

/// The process dies between the commit and Stripe: the row and its key are there.
async fn killed_after_the_commit_it_goes_on(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let never = Fault::next(FaultKind::DropBefore).on("GET", "/v1/refunds");
    app.stripe.fault(never);
    app.refund(bought.id, 4500).await.unwrap();
    app.lose_jobs().await;
    assert!(at_stripe(&app).is_empty());
    go_on(&app).await;
    assert_eq!(at_stripe(&app), [4500]);
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

/// A rolled secret key may not know the idempotency key.
async fn under_a_new_key_it_is_found_first(app: TestApp) {
    use domain::credit::Program;

    let (scene, bought) = credited(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/refunds");
    app.stripe.fault(lost);
    app.refund(bought.id, 4500).await.unwrap();
    app.stripe.roll_key(STRIPE_KEY, "sk_test_rolled");
    app.rotate(Program::Tenant, "sk_test_rolled").await;
    go_on(&app).await;
    let refunds = app.stripe.objects("sk_test_rolled", None)["refunds"].clone();
    assert_eq!(refunds.as_array().unwrap().len(), 1);
    assert_eq!(app.refund_rows().await[0].status.code(), "succeeded");
    let referral = app.referral().await;
    assert_eq!(referral.taken_back_cents, Some(1000));
    drop(scene);
}
