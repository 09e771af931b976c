//! Disputes and inquiries.

use serde_json::json;
use stripe_stand_in::{DisputeKind, DisputeStatus, RefundStatus};

use crate::{
    client::stand_in,
    refunds::{charge_of, paid, told},
};

#[tokio::test]
async fn a_dispute_is_won_or_lost() {
    let (stripe, client) = stand_in().await;
    for (end, refundable) in [(DisputeStatus::Won, true), (DisputeStatus::Lost, false)] {
        let intent = paid(&stripe, &client).await;
        let dispute = stripe.dispute(&intent, DisputeKind::Dispute).expect("open");
        assert_eq!(dispute["status"], "needs_response");
        assert_eq!(dispute["amount"], 2000);
        assert_eq!(dispute["payment_intent"], json!(intent));
        assert_eq!(charge_of(&client, &intent).await["disputed"], true);
        let form = [("payment_intent", intent.as_str())];
        let refused = client.post("/v1/refunds", &form).await;
        assert_eq!(refused.error("code"), "charge_disputed");
        assert!(stripe.dispute(&intent, DisputeKind::Dispute).is_err());
        let id = dispute["id"].as_str().expect("an id");
        let settle = |status| stripe.settle_dispute(id, status);
        settle(DisputeStatus::UnderReview).expect("reviewed");
        settle(end).expect("closed");
        let path = format!("/v1/disputes/{id}");
        assert_eq!(client.get(&path).await.json()["status"], end.as_str());
        let listed = format!("/v1/disputes?payment_intent={intent}");
        let listed = client.get(&listed).await.json()["data"].clone();
        assert_eq!(listed.as_array().map(Vec::len), Some(1));
        assert_eq!(listed[0]["id"], json!(id));
        let refund = client.post("/v1/refunds", &form).await;
        assert_eq!(refund.status == 200, refundable, "{}", refund.text);
    }
    let closed = |reinstated: &'static [&'static str]| {
        let opened = [
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.updated",
            "charge.dispute.closed",
        ];
        [&opened[..], reinstated].concat()
    };
    let won = closed(&[
        "charge.dispute.funds_reinstated",
        "refund.created",
        "charge.refunded",
    ]);
    assert_eq!(told(&stripe), [won, closed(&[])].concat());
    let unknown = client.get("/v1/disputes?payment_intent=pi_none").await;
    assert_eq!(unknown.error("code"), "resource_missing");
}

#[tokio::test]
async fn a_lost_dispute_can_be_won_by_an_appeal_and_no_other_turns_back() {
    let (stripe, client) = stand_in().await;
    let intent = paid(&stripe, &client).await;
    let dispute = stripe.dispute(&intent, DisputeKind::Dispute).expect("open");
    let id = dispute["id"].as_str().expect("an id");
    let settle = |status| stripe.settle_dispute(id, status);
    assert!(settle(DisputeStatus::WarningClosed).is_err());
    settle(DisputeStatus::Lost).expect("lost");
    settle(DisputeStatus::Won).expect("won");
    assert!(settle(DisputeStatus::Lost).is_err());
}

#[tokio::test]
async fn an_inquiry_moves_no_money_unless_it_becomes_a_dispute() {
    let (stripe, client) = stand_in().await;
    let intent = paid(&stripe, &client).await;
    stripe
        .refund(&intent, Some(500), RefundStatus::Succeeded)
        .expect("refunded");
    let inquiry = stripe
        .dispute(&intent, DisputeKind::Inquiry)
        .expect("asked");
    assert_eq!(inquiry["status"], "warning_needs_response");
    assert_eq!(
        (&inquiry["amount"], &inquiry["is_charge_refundable"]),
        (&json!(1500), &json!(true))
    );
    let id = inquiry["id"].as_str().expect("an id");
    stripe
        .settle_dispute(id, DisputeStatus::WarningUnderReview)
        .expect("reviewed");
    stripe
        .settle_dispute(id, DisputeStatus::WarningClosed)
        .expect("closed");
    assert!(!told(&stripe).concat().contains("funds"));
    let second = stripe
        .dispute(&intent, DisputeKind::Inquiry)
        .expect("asked");
    let id = second["id"].as_str().expect("an id");
    let escalated = stripe
        .settle_dispute(id, DisputeStatus::NeedsResponse)
        .expect("a dispute");
    assert_eq!(escalated["is_charge_refundable"], false);
    let last = told(&stripe);
    assert!(last.ends_with(&[
        "charge.dispute.updated".to_owned(),
        "charge.dispute.funds_withdrawn".to_owned(),
    ]));
}
