//! A process is killed at each call to Stripe that a credit of either program makes: before Stripe
//! executes the call, and after Stripe did and the answer was lost.

use stripe_stand_in::FaultKind::{self, Hang, HangAfter};

use super::{
    call::{Call, LOOK, MAKE, POST},
    program::{ANYWHERE, Process},
};
use crate::support::{PLATFORM_KEY, STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    before_the_customer_is_looked_for,
    after_the_customer_is_looked_for,
    before_the_customer_is_made,
    after_the_customer_is_made,
    before_the_credit_is_posted,
    after_the_credit_is_posted,
);

const KEYS: [&str; 2] = [STRIPE_KEY, PLATFORM_KEY];

async fn before_the_customer_is_looked_for(app: TestApp) {
    dies(app, LOOK, Hang).await;
}

async fn after_the_customer_is_looked_for(app: TestApp) {
    dies(app, LOOK, HangAfter).await;
}

async fn before_the_customer_is_made(app: TestApp) {
    dies(app, MAKE, Hang).await;
}

async fn after_the_customer_is_made(app: TestApp) {
    dies(app, MAKE, HangAfter).await;
}

async fn before_the_credit_is_posted(app: TestApp) {
    dies(app, POST, Hang).await;
}

async fn after_the_credit_is_posted(app: TestApp) {
    dies(app, POST, HangAfter).await;
}

/// The credits of both programs are at this call when the process is killed. Stripe finishes what
/// it has received, although nobody waits for the answer.
async fn dies(mut app: TestApp, call: Call, kind: FaultKind) {
    let mia = app.both_paid().await.0.mia;
    let before = KEYS.map(|key| call.times(&app, key));
    for key in KEYS {
        app.stripe.fault(call.fault(kind, key));
    }
    app.hand_over().await;
    let process = Process::serve(&app.state.config, ANYWHERE, &[]);
    for (key, before) in KEYS.into_iter().zip(before) {
        call.received(&app, key, before + 1).await;
        if kind == HangAfter {
            call.done(&app, key).await;
        }
    }
    process.kill().await;
    app.stripe.release_hung();
    app.stripe.wait_until_requests_finish().await.unwrap();
    app.take_back().await;
    assert!(app.anything_due().await, "the process was done already");
    app.go_on().await;
    app.assert_both_credited_once(&mia).await;
}
