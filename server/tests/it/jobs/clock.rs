//! A clock that was set wrong, and then right again.

use std::time::Duration;

use domain::referral::ReferralStatus;
use services::{self, credits::Paid, jobs::sweep};
use store::credits;
use stripe_stand_in::{Fault, FaultKind};

use crate::support::{Referred, TestApp, on_both_databases};

on_both_databases!(
    a_credit_sent_in_the_future_is_looked_for,
    a_credit_claimed_in_the_future_is_free,
    a_clock_that_is_slow_takes_nothing_from_a_live_job,
    a_credit_on_its_way_while_the_clock_is_set_is_not_given_twice,
);

const A_DAY_AND_MORE: Duration = Duration::from_secs(25 * 60 * 60);
/// Longer than a row waits before the sweep finds it.
const A_MINUTE: Duration = Duration::from_secs(60);

fn at_posting(kind: FaultKind) -> Fault {
    let fault = Fault::next(kind).on("POST", "/v1/customers/");
    fault.ending("balance_transactions")
}

/// The clock is a day ahead when Stripe issues the credit and its answer is lost. After the clock
/// is set right, it says nothing about the age of the idempotency key, which Stripe may have
/// forgotten.
async fn a_credit_sent_in_the_future_is_looked_for(app: TestApp) {
    let referred = app.referred().await;
    app.set_our_clock_ahead(A_DAY_AND_MORE);
    app.stripe.fault(at_posting(FaultKind::DropAfter));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    assert_eq!(app.balance_transactions().len(), 1);
    app.set_our_clock_back(A_DAY_AND_MORE);
    app.stripe.advance_clock(A_DAY_AND_MORE.as_secs() as i64);
    let mut heard = app.state.live.watch();
    app.start_worker();
    app.advance(A_MINUTE);
    sweep::round(&app.state).await.unwrap();
    app.next_notification(&mut heard).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_credit_claimed_in_the_future_is_free(app: TestApp) {
    let referred = app.referred().await;
    app.set_our_clock_ahead(A_DAY_AND_MORE);
    claim(&app, &referred).await;
    app.set_our_clock_back(A_DAY_AND_MORE);
    app.issue().await;
    app.assert_credited_once(&referred.mia).await;
}

/// Two machines on one database have clocks that differ.
async fn a_clock_that_is_slow_takes_nothing_from_a_live_job(app: TestApp) {
    let referred = app.referred().await;
    claim(&app, &referred).await;
    app.set_our_clock_back(A_MINUTE);
    app.issue().await;
    assert_eq!(app.status().await, ReferralStatus::Pending);
    assert!(app.balance_transactions().is_empty());
}

/// A job claims the credit of a sale, two minutes after the credit was due.
async fn claim(app: &TestApp, referred: &Referred) {
    let sale = app.sell(referred).await;
    let credit = services::credits::decide(&app.state, Paid::Tenant(sale)).await;
    let credit = credit.unwrap();
    app.set_our_clock_ahead(2 * A_MINUTE);
    let (db, now) = (app.state.db.writer(), app.state.now());
    let lease = services::credits::LEASE;
    let claimed = credits::claim(db, credit.unwrap(), now, lease).await;
    assert!(claimed.unwrap().is_some());
}

/// Stripe still executes the first request when the clock makes its idempotency key look old: there
/// is no balance transaction yet, and only the key keeps a second one from being created.
async fn a_credit_on_its_way_while_the_clock_is_set_is_not_given_twice(mut app: TestApp) {
    app.shorten_patience();
    let referred = app.referred().await;
    app.stripe.fault(at_posting(FaultKind::Hang));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.set_our_clock_ahead(A_DAY_AND_MORE);
    app.issue().await;
    assert!(app.balance_transactions().is_empty(), "it is under way");
    app.stripe.release_hung();
    app.stripe.wait_until_requests_finish().await.unwrap();
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
}
