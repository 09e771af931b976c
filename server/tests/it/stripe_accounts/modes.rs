//! Test money earns nothing real.

use domain::{
    credit::Program,
    referral::{FailureReason, ReferralStatus},
    stripe_keys::StripeMode,
};
use serde_json::{Value, json};
use services::jobs::sweep;
use store::Coded;
use stripe_stand_in::{Fault, FaultKind};

use super::{Stage, take_real_payments};
use crate::support::{
    PLATFORM_SECRET, TestApp, WEBHOOK_SECRET, event, on_both_databases, session, subscription,
};

on_both_databases!(
    a_test_session_paid_after_go_live_earns_no_live_credit,
    a_test_subscription_paid_after_go_live_earns_no_live_credit,
    a_test_credit_that_was_due_is_not_given_after_go_live,
    a_live_purchase_takes_the_place_of_a_test_credit_that_failed,
    a_live_purchase_takes_the_place_of_a_test_credit_that_is_due,
    a_live_purchase_takes_the_place_of_a_test_credit_that_was_sent,
    a_partners_test_credit_that_was_due_is_not_given_after_go_live,
    an_event_of_the_other_mode_changes_nothing,
);

const COMPLETED: &str = "checkout.session.completed";

async fn go_live(app: &mut TestApp, stage: &Stage) -> String {
    take_real_payments(app);
    match stage {
        Stage::Tenant(_) => {
            let detroit = app.detroit.clone();
            app.connect_stripe(&detroit, stage.live_key(), WEBHOOK_SECRET)
                .await
        }
        Stage::Platform(_) => {
            app.connect_platform(stage.live_key(), PLATFORM_SECRET)
                .await
        }
    }
}

fn entries(app: &TestApp, key: &str) -> Value {
    app.stripe.books(key, None)["balance_transactions"].clone()
}

fn of_live_mode(body: &str) -> String {
    let mut event: Value = serde_json::from_str(body).unwrap();
    event["livemode"] = json!(true);
    event.to_string()
}

async fn a_test_session_paid_after_go_live_earns_no_live_credit(mut app: TestApp) {
    let stage = Stage::of(&app, Program::Tenant).await;
    let Stage::Tenant(referred) = &stage else {
        panic!("a member");
    };
    let begun = app.open_purchase(referred, "cs_test").await;
    let live_webhook = go_live(&mut app, &stage).await;
    let body = event("evt_1", COMPLETED, session("cs_test", "paid"));
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    let paid = app.purchase(begun.id).await;
    assert_eq!((paid.state.code(), paid.livemode), ("paid", Some(false)));
    app.decide(begun.id).await;
    assert!(app.credits().await.is_empty());
    assert_eq!(app.status().await, ReferralStatus::Pending);
    assert_eq!(entries(&app, stage.live_key()), json!([]));

    buy_for_real(&app, &stage, &live_webhook).await;
    assert_eq!(entries(&app, stage.test_key()), json!([]));
}

/// The referred member pays in live mode; that, and nothing else, earns a credit, with real money.
async fn buy_for_real(app: &TestApp, stage: &Stage, live_webhook: &str) {
    let Stage::Tenant(referred) = stage else {
        panic!("a member");
    };
    let real = app.open_purchase(referred, "cs_live").await;
    let body = event("evt_2", COMPLETED, session("cs_live", "paid"));
    let told = app.deliver(live_webhook, &of_live_mode(&body)).await;
    assert_eq!(told, 200);
    app.decide(real.id).await;
    let given = entries(app, stage.live_key());
    assert_eq!(given.as_array().unwrap().len(), 1, "{given}");
    assert_eq!(given[0]["amount"], -1000);
    let credits = app.credits().await;
    assert_eq!(credits.len(), 1);
    assert_eq!(
        (credits[0].state.code(), credits[0].livemode),
        ("issued", Some(true))
    );
    let referral = app.referral().await;
    assert_eq!(referral.status, ReferralStatus::Credited);
    assert_eq!(
        (referral.failure_reason, referral.purchase_id),
        (None, Some(real.id))
    );
}

async fn a_live_purchase_takes_the_place_of_a_test_credit_that_failed(mut app: TestApp) {
    let stage = Stage::of(&app, Program::Tenant).await;
    owe_a_test_credit(&app, &stage).await;
    let live_webhook = go_live(&mut app, &stage).await;
    app.settle().await;
    assert_eq!(app.credits().await[0].state.code(), "failed");
    assert_eq!(app.status().await, ReferralStatus::Failed);
    buy_for_real(&app, &stage, &live_webhook).await;
}

/// Nothing has tried to give it since the site is live.
async fn a_live_purchase_takes_the_place_of_a_test_credit_that_is_due(mut app: TestApp) {
    let stage = Stage::of(&app, Program::Tenant).await;
    owe_a_test_credit(&app, &stage).await;
    let live_webhook = go_live(&mut app, &stage).await;
    buy_for_real(&app, &stage, &live_webhook).await;
    app.settle().await;
    assert_eq!(app.credits().await.len(), 1);
    assert_eq!(entries(&app, stage.test_key()), json!([]));
}

/// Stripe gave it, with test money, and its answer was lost.
async fn a_live_purchase_takes_the_place_of_a_test_credit_that_was_sent(mut app: TestApp) {
    let stage = Stage::of(&app, Program::Tenant).await;
    let post = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/");
    app.stripe.fault(post.ending("/balance_transactions"));
    buy_in_test_mode(&app, &stage).await;
    assert_eq!(app.credits().await[0].state.code(), "due");
    assert_eq!(entries(&app, stage.test_key()).as_array().unwrap().len(), 1);
    let live_webhook = go_live(&mut app, &stage).await;
    buy_for_real(&app, &stage, &live_webhook).await;
    app.settle().await;
    assert_eq!(app.credits().await.len(), 1);
    assert_eq!(entries(&app, stage.live_key()).as_array().unwrap().len(), 1);
}

async fn a_test_subscription_paid_after_go_live_earns_no_live_credit(mut app: TestApp) {
    let stage = Stage::of(&app, Program::Platform).await;
    let Stage::Platform(platform) = &stage else {
        panic!("a partner");
    };
    go_live(&mut app, &stage).await;
    let code = Some(platform.jordan.code.as_str());
    let sold = subscription("cs_test", &platform.pewpros, "kim@example.com", code);
    app.subscribe(platform, sold).await;
    let purchase = app.platform_purchases().await.remove(0);
    assert_eq!(
        (purchase.state.code(), purchase.livemode),
        ("paid", Some(false))
    );
    assert!(app.credits().await.is_empty());
    let referral = app.platform_referral().await;
    assert_eq!(referral.status, ReferralStatus::Pending);
    assert_eq!(entries(&app, stage.live_key()), json!([]));
}

async fn a_test_credit_that_was_due_is_not_given_after_go_live(app: TestApp) {
    is_not_given_after_go_live(app, Program::Tenant).await;
}

async fn a_partners_test_credit_that_was_due_is_not_given_after_go_live(app: TestApp) {
    is_not_given_after_go_live(app, Program::Platform).await;
}

/// A test purchase whose credit is due, since Stripe answers 429.
async fn owe_a_test_credit(app: &TestApp, stage: &Stage) {
    app.stripe
        .fault(Fault::next(FaultKind::TooManyRequests).on("GET", "/v1/customers"));
    buy_in_test_mode(app, stage).await;
    assert_eq!(app.stripe.clear_faults(), 0);
    let due = app.credits().await.remove(0);
    assert_eq!((due.state.code(), due.livemode), ("due", Some(false)));
}

async fn buy_in_test_mode(app: &TestApp, stage: &Stage) {
    match stage {
        Stage::Tenant(referred) => {
            let purchase = app.open_purchase(referred, "cs_test").await;
            let body = event("evt_1", COMPLETED, session("cs_test", "paid"));
            assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
            app.decide(purchase.id).await;
        }
        Stage::Platform(platform) => {
            let code = Some(platform.jordan.code.as_str());
            let sold = subscription("cs_test", &platform.pewpros, "kim@example.com", code);
            app.subscribe(platform, sold).await;
        }
    }
}

async fn is_not_given_after_go_live(mut app: TestApp, program: Program) {
    let stage = Stage::of(&app, program).await;
    owe_a_test_credit(&app, &stage).await;
    go_live(&mut app, &stage).await;
    app.settle().await;
    let failed = app.credits().await.remove(0);
    assert_eq!(failed.state.code(), "failed");
    let reason = match program {
        Program::Tenant => app.referral().await.failure_reason.map(Coded::into_inner),
        Program::Platform => {
            let row = app.platform_referral().await;
            row.failure_reason.map(Coded::into_inner)
        }
    };
    assert_eq!(reason, Some(FailureReason::OtherMode(StripeMode::Test)));
    assert_eq!(
        reason.unwrap().sentence(),
        "It was earned in test mode, and Stripe is connected in live mode"
    );
    sweep::round(&app.state).await.unwrap();
    assert_eq!(app.credits().await[0].state.code(), "failed", "it stays");
    assert_eq!(entries(&app, stage.live_key()), json!([]));
    // Back in test mode it goes on by itself.
    match &stage {
        Stage::Tenant(_) => {
            let detroit = app.detroit.clone();
            app.connect_stripe(&detroit, stage.test_key(), WEBHOOK_SECRET)
                .await
        }
        Stage::Platform(_) => {
            app.connect_platform(stage.test_key(), PLATFORM_SECRET)
                .await
        }
    };
    app.settle().await;
    assert_eq!(app.credits().await[0].state.code(), "issued");
    assert_eq!(entries(&app, stage.test_key()).as_array().unwrap().len(), 1);
    assert_eq!(entries(&app, stage.live_key()), json!([]));
}

async fn an_event_of_the_other_mode_changes_nothing(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    let body = event("evt_1", COMPLETED, session("cs_1", "paid"));
    let live = of_live_mode(&body);
    assert_eq!(app.deliver(&referred.webhook, &live).await, 200);
    assert_eq!(app.purchase(purchase.id).await.state.code(), "open");
    assert_eq!(
        app.outcome_of("evt_1").await,
        "it is of live mode, and this account is of test mode: nothing was changed"
    );
}
