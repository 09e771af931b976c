//! How a membership stands is read from Stripe, whatever events say, and shown to its member.

use sea_orm::{EntityTrait, sea_query::Expr};
use store::entities::{purchase, subscription};
use stripe_stand_in::{CancelWhen, Fault, FaultKind, ReceivedRequest};

use super::{DAY, MINUTE, member, subscription_of};
use crate::{
    refunds::{buy, rest, scene},
    support::{STRIPE_KEY, TestApp, on_both_databases},
};

on_both_databases!(
    a_new_one_is_read_at_once,
    a_member_reads_state_and_next_payment,
    one_that_is_set_to_end_says_when_and_then_that_it_ended,
    a_renewal_that_is_not_paid_is_told,
    events_in_any_order_and_twice_end_the_same,
    an_answer_that_comes_late_changes_nothing,
    events_before_the_purchase_change_nothing,
    one_that_ended_untold_is_read_within_a_week,
    stripe_is_asked_until_it_answers,
    those_of_before_get_their_rows,
    one_that_is_not_ours_stays_without_effect,
    a_renewal_is_no_first_purchase,
);

async fn a_new_one_is_read_at_once(app: TestApp) {
    let scene = scene(&app).await;
    let membership = app.membership().await;
    let bought = buy(&app, &scene.jane, &membership, None).await;
    app.delivered().await;
    // No sweep, and no time passes.
    app.run_jobs().await;
    assert_eq!(app.standing().await, Some("active"));
    for path in ["/dashboard".to_owned(), format!("/purchases/{}", bought.id)] {
        let page = scene.jane.get(&path).await.text;
        assert!(page.contains("Next payment on "), "{page}");
    }
}

async fn a_member_reads_state_and_next_payment(app: TestApp) {
    let (scene, bought) = member(&app).await;
    assert_eq!(app.standing().await, Some("active"));
    let row = app.subscriptions().await.remove(0);
    assert!(row.current_period_end_at.is_some(), "on its items");
    assert_eq!(row.stripe_id, subscription_of(&bought));
    for path in ["/dashboard".to_owned(), format!("/purchases/{}", bought.id)] {
        let page = scene.jane.get(&path).await.text;
        assert!(page.contains("Next payment on "), "{page}");
        assert!(page.contains("Manage membership"), "{page}");
    }
    app.assert_nothing_is_left().await;
}

async fn one_that_is_set_to_end_says_when_and_then_that_it_ended(app: TestApp) {
    let (scene, bought) = member(&app).await;
    let canceled = app
        .stripe
        .cancel_subscription(subscription_of(&bought), CancelWhen::AtPeriodEnd);
    canceled.unwrap();
    rest(&app).await;
    let page = scene.jane.get("/dashboard").await.text;
    assert!(page.contains("Ends on "), "{page}");
    assert!(app.paid(bought.id).await.subscription_ended_at.is_none());
    app.advance(32 * DAY);
    rest(&app).await;
    assert_eq!(app.standing().await, Some("canceled"));
    scene.jane.sign_in(&scene.referred.jane.email).await;
    let page = scene.jane.get("/dashboard").await.text;
    assert!(page.contains("Ended on "), "{page}");
    assert!(!page.contains("Manage membership"), "{page}");
    assert!(app.paid(bought.id).await.subscription_ended_at.is_some());
    app.assert_stands(&scene.referred.mia).await;
}

async fn a_renewal_that_is_not_paid_is_told(app: TestApp) {
    let (scene, bought) = member(&app).await;
    let fails = app.stripe.fail_payments(subscription_of(&bought), true);
    fails.unwrap();
    app.advance(32 * DAY);
    rest(&app).await;
    assert_eq!(app.standing().await, Some("past_due"));
    scene.jane.sign_in(&scene.referred.jane.email).await;
    let page = scene.jane.get("/dashboard").await.text;
    assert!(page.contains("Payment failed"), "{page}");
    assert!(page.contains("Manage membership"), "{page}");
}

async fn events_in_any_order_and_twice_end_the_same(app: TestApp) {
    let (scene, bought) = member(&app).await;
    for when in [CancelWhen::AtPeriodEnd, CancelWhen::Now] {
        let canceled = app
            .stripe
            .cancel_subscription(subscription_of(&bought), when);
        canceled.unwrap();
    }
    rest(&app).await;
    let before = app.subscriptions().await.remove(0);
    let mut events = app.stripe_events("customer.subscription.");
    events.reverse();
    for body in events.iter().chain(&events) {
        assert_eq!(app.deliver(&scene.referred.webhook, body).await, 200);
        app.run_jobs().await;
    }
    rest(&app).await;
    let after = app.subscriptions().await.remove(0);
    assert_eq!(after.status, before.status);
    assert_eq!(after.ended_at, before.ended_at);
    app.assert_stands(&scene.referred.mia).await;
}

/// Stripe answers a reading once the membership has ended, and another one has told so.
async fn an_answer_that_comes_late_changes_nothing(app: TestApp) {
    const PATH: &str = "/v1/subscriptions/";
    let (scene, bought) = member(&app).await;
    let id = app.subscriptions().await[0].id;
    let (db, now) = (app.state.db.writer(), app.state.now());
    store::subscriptions::look_at(db, id, now).await.unwrap();
    let requests = app.stripe.requests().into_iter();
    let reading = |one: &ReceivedRequest| one.method == "GET" && one.path.starts_with(PATH);
    let before = requests.filter(reading).count();
    app.stripe
        .fault(Fault::next(FaultKind::HangAfter).on("GET", PATH));
    let late = services::memberships::read(&app.state, id);
    let meanwhile = async {
        let asked = app.stripe.wait_until_received("GET", PATH, before + 1);
        asked.await.unwrap();
        let canceled = app
            .stripe
            .cancel_subscription(subscription_of(&bought), CancelWhen::Now);
        canceled.unwrap();
        app.delivered().await;
        app.run_jobs().await;
        assert_eq!(app.standing().await, Some("canceled"));
        app.stripe.release_hung();
    };
    let (late, ()) = tokio::join!(late, meanwhile);
    late.unwrap();
    assert_eq!(app.standing().await, Some("canceled"));
    app.assert_stands(&scene.referred.mia).await;
}

/// They find no row, and what is read once the purchase is known has them all.
async fn events_before_the_purchase_change_nothing(app: TestApp) {
    let scene = scene(&app).await;
    let membership = app.membership().await;
    let bought = buy(&app, &scene.jane, &membership, None).await;
    let db = app.state.db.writer();
    subscription::Entity::delete_many().exec(db).await.unwrap();
    unknown(&app).await;
    let canceled = app
        .stripe
        .cancel_subscription(subscription_of(&bought), CancelWhen::AtPeriodEnd);
    canceled.unwrap();
    for body in app.stripe_events("customer.subscription.") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    assert!(app.subscriptions().await.is_empty());
    rest(&app).await;
    rest(&app).await;
    assert!(app.subscriptions().await[0].cancel_at_period_end);
}

async fn one_that_ended_untold_is_read_within_a_week(app: TestApp) {
    let (scene, bought) = member(&app).await;
    let url = format!("http://{}{}", app.address, scene.referred.webhook);
    assert!(app.stripe.remove_endpoint(STRIPE_KEY, &url));
    let canceled = app
        .stripe
        .cancel_subscription(subscription_of(&bought), CancelWhen::Now);
    canceled.unwrap();
    rest(&app).await;
    assert_eq!(app.standing().await, Some("active"));
    app.advance(7 * DAY);
    rest(&app).await;
    assert_eq!(app.standing().await, Some("canceled"));
}

async fn stripe_is_asked_until_it_answers(app: TestApp) {
    let scene = scene(&app).await;
    let membership = app.membership().await;
    let silent = Fault::next(FaultKind::FailBefore).on("GET", "/v1/subscriptions/");
    app.stripe.fault(silent.times(2));
    buy(&app, &scene.jane, &membership, None).await;
    rest(&app).await;
    assert_eq!(app.standing().await, None);
    for _ in 0..3 {
        app.sweep_after(10 * MINUTE).await;
    }
    assert_eq!(app.standing().await, Some("active"));
    app.settle().await;
}

/// Makes the purchases as the program before this one left them.
async fn unknown(app: &TestApp) {
    let known = purchase::Column::SubscriptionKnown;
    purchase::Entity::update_many()
        .col_expr(known, Expr::value(false))
        .exec(app.state.db.writer())
        .await
        .unwrap();
}

async fn those_of_before_get_their_rows(app: TestApp) {
    member(&app).await;
    let db = app.state.db.writer();
    subscription::Entity::delete_many().exec(db).await.unwrap();
    unknown(&app).await;
    rest(&app).await;
    rest(&app).await;
    assert_eq!(app.standing().await, Some("active"));
}

async fn one_that_is_not_ours_stays_without_effect(app: TestApp) {
    let (scene, _) = member(&app).await;
    let before = app.subscriptions().await;
    let body = r#"{"id":"evt_other","type":"customer.subscription.deleted","livemode":false,
        "data":{"object":{"id":"sub_other","object":"subscription","status":"canceled"}}}"#;
    assert_eq!(app.deliver(&scene.referred.webhook, body).await, 200);
    assert_eq!(
        app.outcome_of("evt_other").await,
        "no purchase has this subscription"
    );
    assert_eq!(app.subscriptions().await, before);
}

async fn a_renewal_is_no_first_purchase(app: TestApp) {
    let (scene, _) = member(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    for _ in 0..2 {
        app.advance(32 * DAY);
        rest(&app).await;
    }
    assert_eq!(app.purchases().await.len(), 1);
    assert_eq!(app.standing().await, Some("active"));
    app.assert_stands(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}
