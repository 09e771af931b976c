//! Controls of payments, refunds, disputes and subscriptions.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::post};
use serde::Deserialize;

use super::{ControlResult, SharedStripe, ok};
use crate::{
    dashboard,
    state::SharedState,
    types::{CancelWhen, DisputeKind, DisputeStatus, RefundPlan, RefundStatus, SeedPayment},
};

pub fn router() -> Router<Arc<SharedState>> {
    Router::new()
        .route("/payments", post(seed_payment))
        .route("/refunds", post(refund))
        .route("/refunds/settle", post(settle_refund))
        .route("/refunds/plan", post(plan_refunds))
        .route("/disputes", post(dispute))
        .route("/disputes/settle", post(settle_dispute))
        .route("/subscriptions/payments", post(fail_payments))
        .route("/subscriptions/cancel", post(cancel_subscription))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refund {
    payment_intent: String,
    amount: Option<i64>,
    #[serde(default)]
    status: RefundStatus,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleRefund {
    refund: String,
    status: RefundStatus,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dispute {
    payment_intent: String,
    kind: DisputeKind,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleDispute {
    dispute: String,
    status: DisputeStatus,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FailPayments {
    id: String,
    fail: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CancelSubscription {
    subscription: String,
    when: CancelWhen,
}

async fn seed_payment(
    State(shared): SharedStripe,
    Json(payment): Json<SeedPayment>,
) -> ControlResult {
    dashboard::seed_payment(&shared, payment).map(Json)
}

async fn refund(State(shared): SharedStripe, Json(refund): Json<Refund>) -> ControlResult {
    let (amount, status) = (refund.amount, refund.status);
    dashboard::refund(&shared, &refund.payment_intent, amount, status).map(Json)
}

async fn settle_refund(
    State(shared): SharedStripe,
    Json(settled): Json<SettleRefund>,
) -> ControlResult {
    dashboard::settle_refund(&shared, &settled.refund, settled.status).map(Json)
}

async fn plan_refunds(State(shared): SharedStripe, Json(plan): Json<RefundPlan>) -> ControlResult {
    shared.change(|state| state.refund_plans.push(plan));
    ok()
}

async fn dispute(State(shared): SharedStripe, Json(dispute): Json<Dispute>) -> ControlResult {
    dashboard::dispute(&shared, &dispute.payment_intent, dispute.kind).map(Json)
}

async fn settle_dispute(
    State(shared): SharedStripe,
    Json(settled): Json<SettleDispute>,
) -> ControlResult {
    dashboard::settle_dispute(&shared, &settled.dispute, settled.status).map(Json)
}

async fn fail_payments(
    State(shared): SharedStripe,
    Json(payments): Json<FailPayments>,
) -> ControlResult {
    dashboard::fail_payments(&shared, &payments.id, payments.fail).map(Json)
}

async fn cancel_subscription(
    State(shared): SharedStripe,
    Json(canceled): Json<CancelSubscription>,
) -> ControlResult {
    dashboard::cancel_subscription(&shared, &canceled.subscription, canceled.when).map(Json)
}
