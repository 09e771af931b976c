//! What is told at the account of another owner: who has the signing secret of one site could say anything
//! of the payments of another.

use serde_json::json;
use store::{entities::refund, without_purchase};
use stripe_stand_in::PaymentStatus;

use super::{bought, open, rest, scene};
use crate::support::{STRIPE_KEY, TestApp, event, on_both_databases, signature};

on_both_databases!(what_another_owner_was_told_changes_nothing);

/// It is told before the payment is known here, and kept.
async fn what_another_owner_was_told_changes_nothing(app: TestApp) {
    let scene = scene(&app).await;
    let session = open(&app, &scene.jane, &scene.referred.ticket, None).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let id = session["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    let bought = bought(&app, &session);
    let others = app
        .connect_stripe(&app.coaching, "sk_test_coaching", "whsec_coaching")
        .await;
    let payment = bought.payment.as_str();
    let forged = [
        event(
            "evt_1",
            "refund.created",
            json!({"id": "re_1", "amount": 4500, "currency": "usd", "status": "succeeded",
                "payment_intent": payment}),
        ),
        event(
            "evt_2",
            "charge.dispute.created",
            json!({"id": "dp_2", "amount": 4500, "currency": "usd", "status": "needs_response",
                "payment_intent": payment}),
        ),
        event(
            "evt_3",
            "charge.refunded",
            json!({"id": "ch_3", "payment_intent": payment}),
        ),
    ];
    for body in &forged {
        let now = app.state.clock.now().unix_timestamp();
        let header = signature("whsec_coaching", now, body);
        let taken = app.post_webhook(&others, Some(&header), body.clone()).await;
        assert_eq!(taken, 200);
    }
    assert_eq!(app.refund_rows().await.len(), 2);
    for body in app.stripe_events("checkout.session.completed") {
        assert_eq!(app.deliver(&scene.referred.webhook, &body).await, 200);
    }
    rest(&app).await;
    app.assert_stands(&scene.referred.mia).await;
    let row = app.paid(bought.id).await;
    assert_eq!((row.refunded_cents, row.dispute), (0, None));
    let kept = app.refund_rows().await;
    assert!(kept.iter().all(|row| row.purchase_id.is_none()), "{kept:?}");
    // The sweep does not take it for ours each minute.
    let db = app.state.db.reader();
    let matched = without_purchase::matched::<refund::Entity>(db, 10).await;
    assert!(matched.unwrap().is_empty());
}
