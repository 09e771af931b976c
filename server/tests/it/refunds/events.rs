//! Refunds in Stripe's dashboard: their events, in any order and any number.

use domain::referral::ReferralStatus;
use serde_json::json;
use services::operator::partial_refunds::set_partial_refunds;
use stripe_stand_in::{PaymentStatus, RefundStatus};

use super::{bought, buy, credited, open, rest, scene};
use crate::{
    purchases::spending::ledger,
    support::{STRIPE_KEY, TestApp, event, on_both_databases},
};

on_both_databases!(
    a_full_refund_takes_the_credit_back,
    a_part_takes_nothing_until_parts_make_the_price,
    a_part_takes_its_share_where_the_site_says_so,
    events_twice_and_in_any_order_change_nothing_more,
    a_refund_that_fails_restores_the_credit_once,
    what_is_pending_waits,
    a_refund_before_completed_is_kept_and_applied,
    a_charge_that_was_refunded_is_looked_at,
    a_charge_before_completed_is_looked_at_later,
    what_is_not_ours_changes_nothing,
    an_unknown_outcome_is_settled_first,
    total_credits_is_what_referrers_have,
);

async fn a_full_refund_takes_the_credit_back(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let refund = RefundStatus::Succeeded;
    app.stripe.refund(&bought.payment, None, refund).unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    let purchase = app.paid(bought.id).await;
    assert_eq!(purchase.refunded_cents, 4500);
    let rows = app.refund_rows().await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(
        ledger(&app.credits().await),
        [("earned", "issued", -1000), ("reversed", "issued", 1000)]
    );
    let told = app.notifications(&scene.referred.mia).await;
    let words = "A $10.00 credit was taken back: a friend's purchase was refunded";
    assert!(told.contains(&words.to_owned()), "{told:?}");
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/dashboard").await.text;
    assert!(
        page.contains("$10.00 taken back: the purchase was refunded"),
        "{page}"
    );
    // Never again for this friend.
    buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    rest(&app).await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    app.assert_nothing_is_left().await;
}

async fn a_part_takes_nothing_until_parts_make_the_price(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let (mia, payment) = (&scene.referred.mia, &bought.payment);
    let refund = |cents| {
        app.stripe
            .refund(payment, Some(cents), RefundStatus::Succeeded)
    };
    refund(1500).unwrap();
    rest(&app).await;
    app.assert_stands(mia).await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 1500);
    refund(3000).unwrap();
    rest(&app).await;
    app.assert_taken_back(mia).await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 4500);
    app.assert_nothing_is_left().await;
}

/// It is off by default.
async fn take_shares(app: &TestApp) {
    set_partial_refunds(&app.state, Some("detroit-arms"), true)
        .await
        .unwrap();
}

async fn a_part_takes_its_share_where_the_site_says_so(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    take_shares(&app).await;
    let (mia, payment) = (&scene.referred.mia, &bought.payment);
    let refund = |cents| {
        app.stripe
            .refund(payment, Some(cents), RefundStatus::Succeeded)
    };
    refund(1500).unwrap();
    rest(&app).await;
    assert_eq!(app.balance_of(mia).await, -667, "$3.33 of $10.00");
    assert_eq!(app.referral().await.taken_back_cents, Some(333));
    let last = refund(3000).unwrap();
    rest(&app).await;
    app.assert_taken_back(mia).await;
    // The last part comes back to the merchant.
    let last = last["id"].as_str().unwrap();
    app.stripe
        .settle_refund(last, RefundStatus::Failed)
        .unwrap();
    rest(&app).await;
    assert_eq!(app.balance_of(mia).await, -667);
    assert_eq!(app.referral().await.taken_back_cents, Some(333));
    app.assert_nothing_is_left().await;
}

async fn events_twice_and_in_any_order_change_nothing_more(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let payment = bought.payment.as_str();
    let refund = app.stripe.refund(payment, None, RefundStatus::Pending);
    let refund = refund.unwrap()["id"].as_str().unwrap().to_owned();
    app.stripe
        .settle_refund(&refund, RefundStatus::Succeeded)
        .unwrap();
    let mut events = app.stripe_events("refund.");
    events.extend(app.stripe_events("charge.refunded"));
    assert!(events.len() >= 3, "{events:?}");
    events.reverse();
    let twice = [events.clone(), events].concat();
    for body in &twice {
        assert_eq!(app.deliver(&scene.referred.webhook, body).await, 200);
    }
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    let rows = app.refund_rows().await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].status.code(), "succeeded");
    app.assert_nothing_is_left().await;
}

async fn a_refund_that_fails_restores_the_credit_once(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let refund = app
        .stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded);
    let refund = refund.unwrap()["id"].as_str().unwrap().to_owned();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.stripe
        .settle_refund(&refund, RefundStatus::Failed)
        .unwrap();
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 0);
    // What Stripe said before arrives once more.
    for body in app.stripe_events("refund.") {
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
    // And it can be refunded once more.
    app.stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded)
        .unwrap();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    app.assert_nothing_is_left().await;
}

async fn what_is_pending_waits(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    let refund = app
        .stripe
        .refund(&bought.payment, None, RefundStatus::Pending);
    let refund = refund.unwrap()["id"].as_str().unwrap().to_owned();
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.paid(bought.id).await.refund_pending_cents, 4500);
    // No event says how it ends: the sweep asks.
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.stripe
        .settle_refund(&refund, RefundStatus::Succeeded)
        .unwrap();
    app.sweep_after(std::time::Duration::from_secs(3600)).await;
    app.settle().await;
    app.assert_taken_back(&scene.referred.mia).await;
    assert_eq!(app.paid(bought.id).await.refund_pending_cents, 0);
    app.assert_nothing_is_left().await;
}

/// Stripe delivers in any order: the refund first, then that the session is complete.
async fn a_refund_before_completed_is_kept_and_applied(app: TestApp) {
    let scene = scene(&app).await;
    let session = open(&app, &scene.jane, &scene.referred.ticket, None).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let id = session["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    let bought = bought(&app, &session);
    app.stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded)
        .unwrap();
    for body in app.stripe_events("refund.") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    let row = app.purchase(bought.id).await;
    assert_eq!((row.state.code(), row.refunded_cents), ("open", 0));
    let kept = app.refund_rows().await;
    assert_eq!((kept.len(), kept[0].purchase_id), (1, None));
    for body in app.stripe_events("checkout.session.completed") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    assert_eq!(app.paid(bought.id).await.refunded_cents, 4500);
    rest(&app).await;
    assert!(app.credits().await.is_empty());
    assert_eq!(app.status().await, ReferralStatus::Pending);
    app.assert_nothing_is_left().await;
}

/// An endpoint that was made by hand may send `charge.refunded` alone, which names no refund.
async fn a_charge_that_was_refunded_is_looked_at(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    app.stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded)
        .unwrap();
    for body in app.stripe_events("charge.refunded") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    assert!(app.refund_rows().await.is_empty());
    app.run_jobs().await;
    app.settle().await;
    app.assert_taken_back(&scene.referred.mia).await;
    assert!(!app.paid(bought.id).await.refund_look);
    app.assert_nothing_is_left().await;
}

async fn a_charge_before_completed_is_looked_at_later(app: TestApp) {
    let scene = scene(&app).await;
    let session = open(&app, &scene.jane, &scene.referred.ticket, None).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let id = session["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    let bought = bought(&app, &session);
    app.stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded)
        .unwrap();
    let told = ["charge.refunded", "checkout.session.completed"];
    for kind in told {
        for body in app.stripe_events(kind) {
            assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
        }
    }
    app.sweep_after(std::time::Duration::from_secs(60)).await;
    app.settle().await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 4500);
    rest(&app).await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    app.assert_nothing_is_left().await;
}

async fn what_is_not_ours_changes_nothing(app: TestApp) {
    let (scene, bought) = credited(&app).await;
    app.pay_at_stripe("pi_of_another_shop", 4500);
    app.stripe
        .refund("pi_of_another_shop", None, RefundStatus::Succeeded)
        .unwrap();
    let odd = [
        event("evt_1", "refund.created", json!({"id": "re_1"})),
        event("evt_2", "refund.created", json!("re_2")),
        event(
            "evt_3",
            "refund.updated",
            json!({"id": "re_3", "amount": 4500, "currency": "usd", "status": "succeeded"}),
        ),
        event("evt_4", "charge.refunded", json!({"id": "ch_4"})),
        event(
            "evt_5",
            "charge.dispute.created",
            json!({"id": "dp_5", "amount": 1, "currency": "usd", "status": "needs_response",
                "payment_intent": "pi_of_another_shop"}),
        ),
    ];
    for body in &odd {
        assert_eq!(app.deliver(&scene.referred.webhook, body).await, 200);
    }
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    assert_eq!(app.paid(bought.id).await.refunded_cents, 0);
    // It is forgotten after a while.
    assert!(!app.refund_rows().await.is_empty());
    app.sweep_after(std::time::Duration::from_secs(41 * 86_400))
        .await;
    assert!(app.refund_rows().await.is_empty());
}

/// The credit's answer was lost when the refund is told: what Stripe has is known first.
async fn an_unknown_outcome_is_settled_first(app: TestApp) {
    use stripe_stand_in::{Fault, FaultKind};

    let scene = scene(&app).await;
    let bought = buy(&app, &scene.jane, &scene.referred.ticket, None).await;
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/");
    app.stripe.fault(lost.times(9));
    app.decide(bought.id).await;
    assert_eq!(
        ledger(&app.credits().await),
        [("earned", "due", -1000)],
        "of unknown outcome"
    );
    app.stripe
        .refund(&bought.payment, None, RefundStatus::Succeeded)
        .unwrap();
    app.delivered().await;
    assert!(app.referral().await.adjust_due);
    assert_eq!(app.credits().await.len(), 1, "nothing is posted yet");
    app.stripe.clear_faults();
    rest(&app).await;
    app.assert_taken_back(&scene.referred.mia).await;
    assert!(!app.referral().await.adjust_due);
    assert_eq!(
        ledger(&app.credits().await),
        [("earned", "issued", -1000), ("reversed", "issued", 1000)]
    );
    app.assert_nothing_is_left().await;
}

async fn total_credits_is_what_referrers_have(app: TestApp) {
    let (_, bought) = credited(&app).await;
    let dana = app.detroit_admin().await;
    let total = async |query: &str| {
        let page = dana.get(&format!("/admin/referrals{query}")).await.text;
        let (_, rest) = page.split_once("Total Credits").expect("a card");
        rest[..rest.len().min(400)].to_owned()
    };
    for query in ["", "?q=jane"] {
        assert!(total(query).await.contains("$10.00"), "{query}");
    }
    take_shares(&app).await;
    app.stripe
        .refund(&bought.payment, Some(900), RefundStatus::Succeeded)
        .unwrap();
    rest(&app).await;
    for query in ["", "?q=jane"] {
        assert!(total(query).await.contains("$8.00"), "{query}");
    }
}
