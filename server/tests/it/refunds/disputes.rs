//! Disputes: what the bank takes, the referrer does not keep; what is won comes back.

use std::time::Duration;

use domain::referral::ReferralStatus;
use stripe_stand_in::{DisputeKind, DisputeStatus, RefundStatus};

use super::{buy, credited, rest, scene};
use crate::{
    purchases::spending::{credit_at_stripe, ledger},
    support::{STRIPE_KEY, TestApp, on_both_databases},
};

on_both_databases!(
    an_inquiry_changes_nothing,
    a_dispute_takes_the_credit_back_and_a_won_one_restores_it_once,
    a_lost_dispute_keeps_it,
    before_the_issue_it_freezes,
    it_stops_the_clock_of_a_hold,
    one_reversal_for_all_causes,
    what_credit_paid_stays_spent,
    events_in_any_order,
    a_dispute_before_the_event_of_a_refund,
    what_is_disputed_is_not_refunded,
);

fn id(dispute: &serde_json::Value) -> String {
    dispute["id"].as_str().unwrap().to_owned()
}

async fn an_inquiry_changes_nothing(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let inquiry = app.stripe.dispute(&bought.payment, DisputeKind::Inquiry);
    let inquiry = id(&inquiry.unwrap());
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.paid(bought.id).await.dispute, None);
    app.stripe
        .settle_dispute(&inquiry, DisputeStatus::NeedsResponse)
        .unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn a_dispute_takes_the_credit_back_and_a_won_one_restores_it_once(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = id(&dispute.unwrap());
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    let row = app.paid(bought.id).await;
    assert_eq!(row.dispute.unwrap().code(), "open");
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/dashboard").await.text;
    assert!(
        !page.contains("disput"),
        "the friend's bank is nobody's business"
    );
    let statement = mia.get("/credits").await.text;
    let why = "Taken back: a purchase by Jane D. was refunded";
    assert!(statement.contains(why), "{statement}");
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    let statement = mia.get("/credits").await.text;
    for line in [
        "Taken back: a purchase by Jane D. did not count",
        "Given back: a purchase by Jane D. counts again",
    ] {
        assert!(statement.contains(line), "{line} in {statement}");
    }
    for body in app.stripe_events("charge.dispute.") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(
        ledger(&app.credits().await),
        [
            ("earned", "issued", -1000),
            ("reversed", "issued", 1000),
            ("restored", "issued", -1000),
        ]
    );
    let told = app.notifications(&scene.referred.mia).await;
    let words = "A $10.00 credit was given back: a friend's purchase counts again";
    assert!(told.contains(&words.to_owned()), "{told:?}");
    app.assert_nothing_is_left().await;
}

async fn a_lost_dispute_keeps_it(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = id(&dispute.unwrap());
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Lost)
        .unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    let row = app.paid(bought.id).await;
    assert_eq!(row.dispute.unwrap().code(), "lost");
    app.assert_nothing_is_left().await;
}

async fn before_the_issue_it_freezes(app: TestApp) {
    for (end, credits) in [(DisputeStatus::Won, 1), (DisputeStatus::Lost, 0)] {
        let app = match credits {
            1 => &app,
            _ => &another(&app).await,
        };
        let scene = scene(app).await;
        let bought = buy(app, &scene.jane, &scene.referred.ticket, None).await;
        let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
        let dispute = id(&dispute.unwrap());
        rest(app).await;
        assert_eq!(ledger(&app.credits().await), [("earned", "due", -1000)]);
        app.stripe.settle_dispute(&dispute, end).unwrap();
        rest(app).await;
        assert_eq!(app.credits().await.len(), credits);
        let balance = app.balance_of(&scene.referred.mia).await;
        assert_eq!(balance, if credits == 1 { -1000 } else { 0 });
        let pending = app.status().await == ReferralStatus::Pending;
        assert_eq!(pending, credits == 0);
        app.assert_nothing_is_left().await;
    }
}

/// Another installation on the same kind of database.
async fn another(app: &TestApp) -> TestApp {
    match app.state.db.file() {
        Some(_) => TestApp::on_sqlite().await,
        None => TestApp::on_postgres().await.expect("a server"),
    }
}

async fn it_stops_the_clock_of_a_hold(app: TestApp) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    const SECOND: Duration = Duration::from_secs(1);
    let scene = scene(&app).await;
    app.hold_for(14).await;
    let bought = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    app.run_jobs().await;
    let end = app.credits().await[0].held_until.unwrap();
    app.advance(3 * DAY);
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = id(&dispute.unwrap());
    app.delivered().await;
    app.sweep_after(SECOND).await;
    app.sweep_after(20 * DAY).await;
    assert!(app.balance_transactions().is_empty(), "it is frozen");
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    app.delivered().await;
    app.sweep_after(SECOND).await;
    let later = app.credits().await[0].held_until.unwrap() - end;
    assert_eq!(later.whole_days(), 20);
    app.sweep_after(10 * DAY).await;
    assert!(app.balance_transactions().is_empty(), "a day is left");
    app.sweep_after(2 * DAY).await;
    app.settle().await;
    app.assert_stands(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn one_reversal_for_all_causes(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let refund = app
        .stripe
        .refund(&bought.payment, Some(100), RefundStatus::Succeeded);
    let refund = id(&refund.unwrap());
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = id(&dispute.unwrap());
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.stripe
        .settle_refund(&refund, RefundStatus::Failed)
        .unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    assert_eq!(app.credits().await.len(), 2, "one reversal");
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn what_credit_paid_stays_spent(app: TestApp) {
    let scene = scene(&app).await;
    app.give_balance(&scene.referred.jane, "cus_jane", 2000)
        .await;
    let ticket = &scene.referred.ticket;
    let bought = buy(&app, &scene.jane, ticket, Some(2500)).await;
    rest(&app).await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, -1000);
    assert_eq!(credit_at_stripe(&app), 0);
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = id(&dispute.unwrap());
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Lost)
        .unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    assert_eq!(credit_at_stripe(&app), 0, "still spent");
    app.assert_nothing_is_left().await;
}

async fn events_in_any_order(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = id(&dispute.unwrap());
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    let mut events = app.stripe_events("charge.dispute.");
    events.reverse();
    for body in &events {
        assert_eq!(app.deliver(&scene.referred.webhook, body).await, 200);
        app.assert_stands(&scene.referred.mia).await;
    }
    assert_eq!(app.credits().await.len(), 1, "it was won all along");
    app.assert_nothing_is_left().await;
}

/// A part was refunded before all the rest was disputed, and the bank is heard first.
async fn a_dispute_before_the_event_of_a_refund(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let part = app
        .stripe
        .refund(&bought.payment, Some(1500), RefundStatus::Succeeded);
    part.unwrap();
    let dispute = app.stripe.dispute(&bought.payment, DisputeKind::Dispute);
    let dispute = id(&dispute.unwrap());
    for kind in ["charge.dispute.", "refund."] {
        for body in app.stripe_events(kind) {
            assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
        }
        rest(&app).await;
        app.assert_taken_back(&scene.referred.mia).await;
    }
    assert_eq!(app.paid(bought.id).await.refunded_cents, 1500);
    app.stripe
        .settle_dispute(&dispute, DisputeStatus::Won)
        .unwrap();
    for body in app.stripe_events("charge.dispute.") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    rest(&app).await;
    let row = app.paid(bought.id).await;
    assert_eq!((row.refunded_cents, row.dispute), (1500, None));
    app.assert_stands(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn what_is_disputed_is_not_refunded(app: TestApp) {
    let (_, bought) = credited(&app).await;
    app.stripe
        .dispute(&bought.payment, DisputeKind::Dispute)
        .unwrap();
    rest(&app).await;
    let refused = app.refund(bought.id, 100).await.unwrap_err();
    assert!(refused.words().contains("disputes this payment"));
    assert!(app.refund_rows().await.is_empty());
}
