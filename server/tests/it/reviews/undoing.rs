//! What happens to a purchase, a program or a member while a credit is under review is as in a hold.

use domain::{
    credit::{ReviewFrom, Sign},
    referral::{FailureReason, ReferralStatus},
};
use stripe_stand_in::{CancelWhen, DisputeKind, DisputeStatus, Fault, FaultKind, RefundStatus};

use super::{
    CARD, DAY, NOTE, decision, friend, pay_with, referral_of, review, under_review, waiting,
    waiting_count,
};
use crate::{
    refunds::rest,
    support::{STRIPE_KEY, TestApp, on_both_databases},
};

on_both_databases!(
    a_refund_gives_it_up_and_the_next_purchase_is_reviewed_anew,
    a_membership_that_ends_meanwhile_earns_nothing,
    one_that_ended_unheard_is_not_approved,
    what_stripe_was_asked_for_is_settled,
    a_dispute_leaves_it_in_review_and_nothing_is_issued_before_it_is_won,
    it_is_voided_by_an_admin,
    it_is_voided_with_the_program_where_that_was_asked_for,
    what_stays_still_waits,
    a_key_that_expires_changes_nothing,
);

const KIM: &str = "kim@example.com";

async fn a_refund_gives_it_up_and_the_next_purchase_is_reviewed_anew(app: TestApp) {
    let (referred, kim, bought) = under_review(&app, 0).await;
    let refunded = app
        .stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded);
    refunded.unwrap();
    rest(&app).await;
    assert!(app.credits().await.is_empty());
    let status = referral_of(&app, KIM).await.status;
    assert_eq!(*status, ReferralStatus::Pending);
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    let refusal = dana
        .refused("decide_review", &decision(&id, "approve", NOTE))
        .await;
    assert!(refusal.message.unwrap().contains("not under review"));
    pay_with(&app, &kim, &referred.ticket, CARD).await;
    rest(&app).await;
    waiting(&app, &[Sign::CardOfReferrer]).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
}

async fn a_membership_that_ends_meanwhile_earns_nothing(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::TwoSigns), 0).await;
    let mia = app.signed_in("mia@example.com").await;
    pay_with(&app, &mia, &referred.ticket, CARD).await;
    let kim = friend(&app, KIM).await;
    let membership = app.membership().await;
    let bought = pay_with(&app, &kim, &membership, CARD).await;
    rest(&app).await;
    // A membership's card is that of its first invoice.
    waiting(&app, &[Sign::CardOfReferrer]).await;
    let id = bought.session["subscription"].as_str().unwrap();
    let canceled = app.stripe.cancel_subscription(id, CancelWhen::Now);
    canceled.unwrap();
    rest(&app).await;
    assert!(app.credits().await.is_empty());
    let status = referral_of(&app, KIM).await.status;
    assert_eq!(*status, ReferralStatus::Pending);
}

/// The event that it ended was lost.
async fn one_that_ended_unheard_is_not_approved(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::TwoSigns), 0).await;
    let mia = app.signed_in("mia@example.com").await;
    pay_with(&app, &mia, &referred.ticket, CARD).await;
    let kim = friend(&app, KIM).await;
    let membership = app.membership().await;
    let bought = pay_with(&app, &kim, &membership, CARD).await;
    rest(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let id = bought.session["subscription"].as_str().unwrap();
    let canceled = app.stripe.cancel_subscription(id, CancelWhen::Now);
    canceled.unwrap();
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    let refusal = dana
        .refused("decide_review", &decision(&id, "approve", NOTE))
        .await;
    assert!(refusal.message.unwrap().contains("not under review"));
    assert!(app.credits().await.is_empty());
    assert_eq!(app.balance_of(&referred.mia).await, 0);
}

/// A process that knows no review has posted it, and was killed before it wrote so.
async fn what_stripe_was_asked_for_is_settled(app: TestApp) {
    let (referred, ..) = under_review(&app, 0).await;
    let credit = waiting(&app, &[Sign::CardOfReferrer]).await;
    app.run("UPDATE credits SET review = NULL").await;
    let killed = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/");
    app.stripe.fault(killed.ending("balance_transactions"));
    services::credits::issue(&app.state, credit.id).await.ok();
    app.run("UPDATE credits SET review = 'waiting'").await;
    let [sent] = &app.credits().await[..] else {
        panic!("one credit");
    };
    assert_eq!(sent.state.code(), "due");
    assert!(sent.first_sent_at.is_some());
    app.sweep_after(DAY).await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    let status = referral_of(&app, KIM).await.status;
    assert_eq!(*status, ReferralStatus::Credited);
}

async fn a_dispute_leaves_it_in_review_and_nothing_is_issued_before_it_is_won(app: TestApp) {
    let (referred, _, bought) = under_review(&app, 0).await;
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = dispute.unwrap()["id"].as_str().unwrap().to_owned();
    rest(&app).await;
    let dana = app.detroit_admin().await;
    let id = referral_of(&app, KIM).await.id.to_string();
    dana.fetch("decide_review", &decision(&id, "approve", NOTE))
        .await;
    app.run_jobs().await;
    app.sweep_after(DAY).await;
    assert!(app.balance_transactions().is_empty(), "it is disputed");
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    rest(&app).await;
    let dana = app.signed_in("dana@example.com").await;
    dana.fetch("decide_review", &decision(&id, "approve", NOTE))
        .await;
    app.run_jobs().await;
    app.sweep_after(DAY).await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    app.assert_nothing_is_left().await;
}

async fn it_is_voided_by_an_admin(app: TestApp) {
    let (referred, kim, _) = under_review(&app, 0).await;
    let dana = app.detroit_admin().await;
    let id = referral_of(&app, KIM).await.id.to_string();
    let form = [("program", "tenant"), ("id", id.as_str()), ("reason", NOTE)];
    dana.done("void_referral", &form).await;
    assert_eq!(waiting_count(&app).await, 0);
    let refusal = dana
        .refused("decide_review", &decision(&id, "approve", NOTE))
        .await;
    assert!(refusal.message.unwrap().contains("not under review"));
    pay_with(&app, &kim, &referred.ticket, CARD).await;
    rest(&app).await;
    let referral = referral_of(&app, KIM).await;
    assert_eq!(*referral.status, ReferralStatus::Failed);
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    app.assert_nothing_is_left().await;
}

/// Sets the amount to 0, and says what becomes of what waits.
async fn switch_off(app: &TestApp, ticked: &str) -> String {
    let dana = app.detroit_admin().await;
    let version = app.site().await.settings.version.to_string();
    let fields = [
        ("tenant_credit", ""),
        ("memory_days", "30"),
        ("version", &version),
    ];
    let to = dana.go("save_settings", &fields).await;
    let page = dana.get(&to).await.text;
    assert!(page.contains("1 credit is on hold, $10.00."), "{page}");
    let fields = [
        ("tenant_credit", ""),
        ("memory_days", "30"),
        ("version", &version),
        ("void_tenant", ticked),
    ];
    dana.done("switch_off", &fields).await
}

async fn it_is_voided_with_the_program_where_that_was_asked_for(app: TestApp) {
    let (referred, ..) = under_review(&app, 0).await;
    let said = switch_off(&app, "on").await;
    assert_eq!(said, "Settings saved. 1 credit on hold was voided.");
    let referral = referral_of(&app, KIM).await;
    assert_eq!(*referral.status, ReferralStatus::Failed);
    let reason = referral.failure_reason.as_deref();
    assert_eq!(reason, Some(&FailureReason::VoidedWhenOff));
    app.sweep_after(DAY).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    app.assert_nothing_is_left().await;
}

async fn what_stays_still_waits(app: TestApp) {
    let (referred, ..) = under_review(&app, 0).await;
    assert_eq!(switch_off(&app, "").await, "Settings saved.");
    app.sweep_after(DAY).await;
    assert_eq!(waiting_count(&app).await, 1);
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.signed_in("dana@example.com").await;
    dana.done("decide_review", &decision(&id, "approve", NOTE))
        .await;
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000, "it was decided");
}

/// What is under review is nothing that fails, and goes on where it was.
async fn a_key_that_expires_changes_nothing(app: TestApp) {
    let (referred, ..) = under_review(&app, 0).await;
    app.stripe.expire_key(STRIPE_KEY);
    app.sweep_after(DAY).await;
    assert_eq!(waiting_count(&app).await, 1);
    assert_eq!(app.credits().await[0].attempts, 0);
    assert_eq!(app.credits().await[0].beneficiary_id, Some(referred.mia.id));
}
