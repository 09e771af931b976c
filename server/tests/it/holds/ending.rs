//! A credit on hold is issued when its hold ends, once, with the amount that was decided.

use domain::referral::{FailureReason, ReferralStatus};
use services::{attention, jobs::sweep, operator, queue::Job};
use store::Scope;
use stripe_stand_in::{Fault, FaultKind};

use super::{DAY, GUIDE, MINUTE, hold};
use crate::support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases, subscription};

on_both_databases!(
    it_is_issued_when_the_hold_ends,
    the_sweep_finds_it_if_the_job_is_lost,
    what_is_decided_does_not_change_with_the_settings,
    a_hold_that_ends_while_stripe_is_down_ends_in_one_credit,
    a_site_that_disconnects_in_the_hold_goes_on_by_itself,
    the_hold_counts_from_the_payment,
    a_clock_that_is_set_back_ends_no_hold,
    a_platform_credit_is_held_too,
    nobody_is_alarmed_about_a_hold,
);

async fn it_is_issued_when_the_hold_ends(app: TestApp) {
    let referred = app.held(14).await;
    let credit = app.only_credit_is_on_hold().await;
    let paid_at = app.purchases().await[0].paid_at.unwrap();
    let end = paid_at + time::Duration::days(14);
    assert_eq!(credit.held_until, Some(end));
    assert_eq!(app.status().await, ReferralStatus::Pending);
    // A job waits for the end.
    let (credit_id, attempt) = (credit.id, 0);
    let job = Job::IssueCredit { credit_id, attempt };
    assert!(app.waiting_jobs().await.contains(&job));
    // Whoever runs it early changes nothing.
    app.run_jobs().await;
    app.advance(13 * DAY);
    app.issue().await;
    app.only_credit_is_on_hold().await;
    app.advance(DAY);
    app.issue().await;
    app.assert_credited_once(&referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn the_sweep_finds_it_if_the_job_is_lost(app: TestApp) {
    let referred = app.held(1).await;
    app.lose_jobs().await;
    app.sweep_after(23 * DAY / 24).await;
    app.only_credit_is_on_hold().await;
    app.sweep_after(DAY / 24 + MINUTE).await;
    app.assert_credited_once(&referred.mia).await;
    app.assert_nothing_is_left().await;
}

/// Amount and hold are those of the day on which the purchase was processed.
async fn what_is_decided_does_not_change_with_the_settings(app: TestApp) {
    let referred = app.held(14).await;
    let credit = app.only_credit_is_on_hold().await;
    for terms in [hold(90), GUIDE] {
        app.set_terms(terms).await;
        assert_eq!(app.only_credit_is_on_hold().await, credit);
    }
    for cents in [2500, 0] {
        let set = operator::set_tenant_credit(&app.state, "detroit-arms", cents).await;
        set.unwrap();
        assert_eq!(app.only_credit_is_on_hold().await, credit);
    }
    app.sweep_after(14 * DAY + MINUTE).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_hold_that_ends_while_stripe_is_down_ends_in_one_credit(app: TestApp) {
    let referred = app.held(1).await;
    app.lose_jobs().await;
    app.advance(DAY + MINUTE);
    let lost = Fault::next(FaultKind::DropAfter)
        .on("POST", "/v1/customers/")
        .ending("balance_transactions");
    let silent = Fault::next(FaultKind::FailBefore).on("POST", "/v1/customers");
    app.stripe.fault(silent);
    app.stripe.fault(lost);
    sweep::round(&app.state).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.credits().await[0].state.code(), "due");
    app.settle().await;
    assert_eq!(app.stripe.clear_faults(), 0);
    app.assert_credited_once(&referred.mia).await;
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn a_site_that_disconnects_in_the_hold_goes_on_by_itself(app: TestApp) {
    let referred = app.held(1).await;
    let gone = operator::disconnect_stripe(&app.state, "detroit-arms").await;
    gone.unwrap();
    app.sweep_after(DAY + MINUTE).await;
    let referral = app.referral().await;
    let reason = referral.failure_reason.as_deref();
    assert_eq!(reason, Some(&FailureReason::StripeNotConnected));
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    app.sweep_after(MINUTE).await;
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
}

/// Jane bought while the program was off, and an admin has it decided again weeks later.
async fn the_hold_counts_from_the_payment(app: TestApp) {
    let referred = app.referred().await;
    app.set_terms(hold(14)).await;
    let credit = async |cents| {
        let set = operator::set_tenant_credit(&app.state, "detroit-arms", cents).await;
        set.unwrap();
    };
    credit(0).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    credit(1000).await;
    app.advance(20 * DAY);
    let dana = app.detroit_admin().await;
    let id = app.referral().await.id.to_string();
    let fields = [("program", "tenant"), ("id", id.as_str())];
    dana.done("decide_again", &fields).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(app.credits().await[0].held_until, None);
}

async fn a_clock_that_is_set_back_ends_no_hold(app: TestApp) {
    let referred = app.held(1).await;
    app.lose_jobs().await;
    app.set_our_clock_back(200 * DAY);
    sweep::round(&app.state).await.unwrap();
    app.run_jobs().await;
    app.issue().await;
    app.only_credit_is_on_hold().await;
    app.set_our_clock_ahead(200 * DAY);
    app.sweep_after(DAY + MINUTE).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_platform_credit_is_held_too(app: TestApp) {
    let platform = app.platform().await;
    app.set_platform_terms(hold(30)).await;
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    app.subscribe(&platform, session).await;
    assert_eq!(app.credits().await[0].state.code(), "due");
    let pending = app.platform_referral().await.status;
    assert_eq!(*pending, ReferralStatus::Pending);
    app.advance(29 * DAY);
    app.issue().await;
    assert!(app.platform_objects("balance_transactions").is_empty());
    app.sweep_after(DAY + MINUTE).await;
    app.assert_partner_credited_once().await;
}

async fn nobody_is_alarmed_about_a_hold(app: TestApp) {
    app.held(14).await;
    app.advance(7 * DAY);
    let scope = Scope::Site(app.detroit.id());
    let attention = attention::of(&app.state, scope, None).await.unwrap();
    assert!(attention.lines().is_empty());
    let ready = services::readiness::reasons(&app.state).await;
    assert!(ready.is_empty(), "{ready:?}");
    // The sweep has nothing to do.
    app.lose_jobs().await;
    sweep::round(&app.state).await.unwrap();
    let jobs = app.waiting_jobs().await;
    let issues = |job: &Job| matches!(job, Job::IssueCredit { .. });
    assert!(!jobs.iter().any(issues), "{jobs:?}");
}
