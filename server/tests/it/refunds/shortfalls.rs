//! A credit that was spent when it is taken back: nobody owes anything, what is missing is written, and
//! credit that goes back settles it, while credit that is earned does not.

use domain::purchase::ProductKind;
use store::{Scope, credits};
use stripe_stand_in::{DisputeKind, DisputeStatus, Fault, FaultKind, RefundStatus};

use super::{Bought, Scene, buy, credited, rest};
use crate::{
    purchases::spending::{ledger, trouble::invoice_of},
    support::{TestApp, on_both_databases},
};

on_both_databases!(
    what_is_missing_is_written_and_nobody_owes_anything,
    a_restoring_gives_back_only_what_was_taken,
    returned_credit_settles_it_and_earned_credit_does_not,
    what_was_taken_below_zero_counts_as_of_then,
    a_customer_that_was_deleted_is_missing_it_all,
);

/// Mia's customer.
async fn customer(app: &TestApp, scene: &Scene) -> String {
    app.customer_of(scene.referred.mia.id).await.unwrap()
}

fn refund(app: &TestApp, bought: &Bought) {
    app.stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded)
        .unwrap();
}

/// What was taken back, and what is missing.
async fn taken(app: &TestApp) -> (Option<i64>, i64) {
    let referral = app.referral().await;
    (referral.taken_back_cents, referral.shortfall_cents)
}

async fn what_is_missing_is_written_and_nobody_owes_anything(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let customer = customer(&app, &scene).await;
    invoice_of(&app, &customer, 600).await;
    refund(&app, &bought);
    rest(&app).await;
    assert_eq!(taken(&app).await, (Some(400), 600));
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    assert_eq!(
        ledger(&app.credits().await),
        [
            ("earned", "issued", -1000),
            ("reversed", "issued", 1000),
            ("restored", "issued", -600),
        ]
    );
    // The books find the debit, and look for an invoice that was made in between.
    let scope = Scope::Site(app.detroit.id());
    let since = store::Timestamp::from_millis(0).unwrap();
    let found = credits::overdrafts(app.state.db.reader(), scope, since, 10).await;
    let found = found.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].debit.amount_cents, 1000);
    assert_eq!(found[0].restored.amount_cents, -600);
    app.assert_nothing_is_left().await;
}

async fn a_restoring_gives_back_only_what_was_taken(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let customer = customer(&app, &scene).await;
    invoice_of(&app, &customer, 600).await;
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = dispute.unwrap()["id"].as_str().unwrap().to_owned();
    rest(&app).await;
    assert_eq!(taken(&app).await, (Some(400), 600));
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    rest(&app).await;
    assert_eq!(taken(&app).await, (None, 0));
    assert_eq!(app.balance_of(&scene.referred.mia).await, -400);
    app.assert_nothing_is_left().await;
}

async fn returned_credit_settles_it_and_earned_credit_does_not(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let mia = app.signed_in("mia@example.com").await;
    // Mia buys for her $10.00, and then Jane is refunded.
    let kind = ProductKind::EventTicket;
    let cheap = app.product(&app.detroit, kind, "cheap", 3000).await;
    let mias = buy(&app, &mia, &cheap, Some(2000)).await;
    rest(&app).await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    refund(&app, &bought);
    rest(&app).await;
    assert_eq!(taken(&app).await, (Some(0), 1000), "it was spent");
    // What she earns is hers.
    let customer = customer(&app, &scene).await;
    invoice_of(&app, &customer, -300).await;
    rest(&app).await;
    assert_eq!(taken(&app).await, (Some(0), 1000));
    // What comes back is not: $4.00 of it, and then the rest.
    app.refund(mias.id, 2400).await.unwrap();
    rest(&app).await;
    assert_eq!(taken(&app).await, (Some(400), 600));
    assert_eq!(app.balance_of(&scene.referred.mia).await, -300);
    app.refund(mias.id, 600).await.unwrap();
    rest(&app).await;
    assert_eq!(taken(&app).await, (Some(1000), 0));
    assert_eq!(app.balance_of(&scene.referred.mia).await, -300);
    app.assert_nothing_is_left().await;
}

/// The answer to the reversal is lost, and a credit arrives before it is found: that credit does not
/// settle what was missing.
async fn what_was_taken_below_zero_counts_as_of_then(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let customer = customer(&app, &scene).await;
    invoice_of(&app, &customer, 600).await;
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/");
    app.stripe.fault(lost.ending("balance_transactions"));
    refund(&app, &bought);
    app.delivered().await;
    app.run_jobs().await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, 600, "a debt");
    invoice_of(&app, &customer, -1000).await;
    rest(&app).await;
    assert_eq!(taken(&app).await, (Some(400), 600));
    assert_eq!(app.balance_of(&scene.referred.mia).await, -1000);
    app.assert_nothing_is_left().await;
}

async fn a_customer_that_was_deleted_is_missing_it_all(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let customer = customer(&app, &scene).await;
    app.delete_customer(&customer).await;
    refund(&app, &bought);
    rest(&app).await;
    assert_eq!(taken(&app).await, (Some(0), 1000));
    app.assert_nothing_is_left().await;
}
