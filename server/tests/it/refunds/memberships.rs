//! Refunds of memberships: the payment is found by the first invoice, and the membership ends as the admin
//! says, at least once.

use domain::refund::{MembershipEnding, NotRefundable, RefundStatus};
use store::PurchaseId;
use stripe_stand_in::{Fault, FaultKind, RefundStatus as AtStripe};

use super::{Bought, Scene, buy, rest, scene, usd};
use crate::{
    purchases::spending::credit_at_stripe,
    support::{STRIPE_KEY, TestApp, on_both_databases},
};

on_both_databases!(
    its_payment_is_found_by_the_invoice,
    a_refund_before_its_payment_is_known_is_kept,
    stripe_is_asked_for_the_payment_until_it_answers,
    no_payment_is_looked_for_where_the_balance_paid_it_all,
    it_ends_now_later_or_not_at_all,
    its_end_is_tried_until_stripe_answers,
    a_refused_refund_ends_nothing,
    what_the_balance_paid_goes_back,
    a_renewal_that_is_refunded_is_not_the_purchase,
);

/// Jane has the membership for $39.00, and Mia has her $10.00 for it.
async fn member(app: &TestApp) -> (Scene, Bought) {
    let scene = scene(app).await;
    let membership = app.membership().await;
    let bought = buy(app, &scene.jane, &membership, None).await;
    rest(app).await;
    app.assert_stands(&scene.referred.mia).await;
    (scene, bought)
}

async fn payment(app: &TestApp, id: PurchaseId) -> String {
    let row = app.paid(id).await;
    row.payment_intent_id.expect("its payment is known")
}

async fn its_payment_is_found_by_the_invoice(app: TestApp) {
    let (scene, bought) = member(&app).await;
    let row = app.paid(bought.id).await;
    assert_eq!(
        row.invoice_id.as_deref(),
        bought.session["invoice"].as_str()
    );
    let payment = payment(&app, bought.id).await;
    app.stripe
        .refund(&payment, None, AtStripe::Succeeded)
        .unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 3900);
    app.assert_nothing_is_left().await;
}

/// The invoice's payment, as Stripe has it before we asked.
fn payment_at_stripe(app: &TestApp) -> String {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    let intents = objects["payment_intents"].as_array().unwrap();
    intents.last().unwrap()["id"].as_str().unwrap().to_owned()
}

async fn a_refund_before_its_payment_is_known_is_kept(app: TestApp) {
    let scene = scene(&app).await;
    let membership = app.membership().await;
    let bought = buy(&app, &scene.jane, &membership, None).await;
    assert_eq!(app.paid(bought.id).await.payment_intent_id, None);
    app.stripe
        .refund(&payment_at_stripe(&app), None, AtStripe::Succeeded)
        .unwrap();
    app.delivered().await;
    assert_eq!(app.refund_rows().await[0].purchase_id, None);
    rest(&app).await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 3900);
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    app.assert_nothing_is_left().await;
}

async fn stripe_is_asked_for_the_payment_until_it_answers(app: TestApp) {
    let scene = scene(&app).await;
    let membership = app.membership().await;
    let silent = Fault::next(FaultKind::FailBefore).on("GET", "/v1/invoice_payments");
    app.stripe.fault(silent.times(2));
    let bought = buy(&app, &scene.jane, &membership, None).await;
    app.run_jobs().await;
    assert_eq!(app.paid(bought.id).await.payment_intent_id, None);
    for _ in 0..3 {
        app.sweep_after(std::time::Duration::from_secs(600)).await;
    }
    payment(&app, bought.id).await;
    assert_eq!(app.paid(bought.id).await.refund_check_at, None);
    app.settle().await;
}

async fn no_payment_is_looked_for_where_the_balance_paid_it_all(app: TestApp) {
    let scene = scene(&app).await;
    app.give_balance(&scene.referred.jane, "cus_jane", 5000)
        .await;
    let membership = app.membership().await;
    let bought = buy(&app, &scene.jane, &membership, None).await;
    assert!(app.paid(bought.id).await.refund_check_at.is_some());
    rest(&app).await;
    let row = app.paid(bought.id).await;
    assert_eq!(
        row.invoice_id.as_deref(),
        bought.session["invoice"].as_str()
    );
    assert_eq!((row.payment_intent_id, row.refund_check_at), (None, None));
}

async fn refund(
    app: &TestApp,
    id: PurchaseId,
    ending: Option<MembershipEnding>,
) -> Result<services::refunds::Refunded, NotRefundable> {
    let token = app.state.random.token();
    app.refund_by_form(id, 1000, &token, ending).await
}

async fn it_ends_now_later_or_not_at_all(app: TestApp) {
    let (_, bought) = member(&app).await;
    let subscription = bought.session["subscription"].as_str().unwrap().to_owned();
    let now = || app.stripe_object("subscriptions", &subscription);
    let missing = refund(&app, bought.id, None).await.unwrap_err();
    assert_eq!(missing, NotRefundable::EndingMissing);
    refund(&app, bought.id, Some(MembershipEnding::Keep))
        .await
        .unwrap();
    rest(&app).await;
    assert_eq!(now()["cancel_at_period_end"], false);
    refund(&app, bought.id, Some(MembershipEnding::AtPeriodEnd))
        .await
        .unwrap();
    rest(&app).await;
    assert_eq!(now()["cancel_at_period_end"], true);
    assert_eq!(now()["status"], "active");
    refund(&app, bought.id, Some(MembershipEnding::Now))
        .await
        .unwrap();
    rest(&app).await;
    assert_eq!(now()["status"], "canceled");
    assert!(app.paid(bought.id).await.subscription_ended_at.is_some());
    app.assert_nothing_is_left().await;
}

async fn its_end_is_tried_until_stripe_answers(app: TestApp) {
    let (_, bought) = member(&app).await;
    let subscription = bought.session["subscription"].as_str().unwrap().to_owned();
    let silent = Fault::next(FaultKind::FailBefore).on("DELETE", "/v1/subscriptions/");
    app.stripe.fault(silent.times(3));
    refund(&app, bought.id, Some(MembershipEnding::Now))
        .await
        .unwrap();
    assert!(app.refund_rows().await[0].ending_due);
    for _ in 0..6 {
        app.sweep_after(std::time::Duration::from_secs(600)).await;
    }
    let ended = app.stripe_object("subscriptions", &subscription);
    assert_eq!(ended["status"], "canceled");
    assert!(!app.refund_rows().await[0].ending_due);
    app.assert_nothing_is_left().await;
}

async fn a_refused_refund_ends_nothing(app: TestApp) {
    let (_, bought) = member(&app).await;
    let subscription = bought.session["subscription"].as_str().unwrap().to_owned();
    let forbidden = Fault::next(FaultKind::Forbidden).on("POST", "/v1/refunds");
    app.stripe.fault(forbidden);
    let refused = refund(&app, bought.id, Some(MembershipEnding::Now)).await;
    assert_eq!(refused.unwrap().status, RefundStatus::Refused);
    rest(&app).await;
    let still = app.stripe_object("subscriptions", &subscription);
    assert_eq!(still["status"], "active");
    assert!(!app.refund_rows().await[0].ending_due);
}

async fn what_the_balance_paid_goes_back(app: TestApp) {
    let scene = scene(&app).await;
    app.give_balance(&scene.referred.jane, "cus_jane", 2000)
        .await;
    let membership = app.membership().await;
    let bought = buy(&app, &scene.jane, &membership, None).await;
    rest(&app).await;
    assert_eq!(credit_at_stripe(&app), 0);
    let keep = Some(MembershipEnding::Keep);
    let refunded = app.refund_by_form(bought.id, 3900, "form1", keep).await;
    let refunded = refunded.unwrap();
    assert_eq!((refunded.card, refunded.credit), (usd(1900), usd(2000)));
    rest(&app).await;
    assert_eq!(credit_at_stripe(&app), 2000);
    app.assert_taken_back(&scene.referred.mia).await;
    let again = app.refund_by_form(bought.id, 1, "form2", keep).await;
    assert_eq!(again.unwrap_err(), NotRefundable::NothingLeft);
    app.assert_nothing_is_left().await;
}

async fn a_renewal_that_is_refunded_is_not_the_purchase(app: TestApp) {
    let (scene, bought) = member(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.advance(std::time::Duration::from_secs(32 * 86_400));
    let renewal = payment_at_stripe(&app);
    assert_ne!(renewal, payment(&app, bought.id).await);
    app.stripe
        .refund(&renewal, None, AtStripe::Succeeded)
        .unwrap();
    for body in app.stripe_events("") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    for _ in 0..2 {
        app.sweep_after(std::time::Duration::from_secs(60)).await;
        app.settle().await;
    }
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 0);
}
