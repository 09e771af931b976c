//! Memberships, for which Stripe spends the balance by itself: only money that was paid counts as a
//! first purchase.

use std::time::Duration;

use domain::purchase::ProductKind;
use serde_json::Value;
use services::queue::Job;
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use super::{Scene, bought, scene, session};
use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    a_membership_that_the_balance_paid_for_earns_nobody_anything,
    a_membership_that_was_paid_in_part_counts_once_stripe_says_so,
);

async fn membership(app: &TestApp, jane: &Browser, cents: i64) -> Value {
    let kind = ProductKind::Membership;
    let product = app.product(&app.detroit, kind, "member", cents).await;
    let id = product.id.to_string();
    jane.go(
        "buy",
        &[("product_id", &id), ("page", "/memberships/member")],
    )
    .await;
    session(app)
}

async fn a_membership_that_the_balance_paid_for_earns_nobody_anything(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let open = membership(&app, &jane, 1500).await;
    app.pay(&open, PaymentStatus::Paid).await;
    app.run_jobs().await;
    let paid = bought(&app).await;
    assert_eq!(
        (paid.state.code(), paid.credit_used_cents),
        ("paid", Some(1500))
    );
    assert_eq!(app.status().await.code(), "pending");
    assert!(app.credits().await.is_empty());
    // A later purchase is the first that is paid.
    app.sell(&referred).await;
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.status().await.code(), "credited");
}

async fn a_membership_that_was_paid_in_part_counts_once_stripe_says_so(app: TestApp) {
    let Scene { jane, .. } = scene(&app).await;
    let open = membership(&app, &jane, 3900).await;
    app.pay(&open, PaymentStatus::Paid).await;
    let entries = Fault::next(FaultKind::BadGateway)
        .on("GET", "/v1/customers/cus_jane/")
        .ending("balance_transactions");
    app.stripe.fault(entries);
    let purchase_id = bought(&app).await.id;
    let decide = Job::DecideCredit { purchase_id };
    assert!(app.waiting_jobs().await.contains(&decide));
    services::jobs::perform(&app.state, &decide)
        .await
        .unwrap_err();
    assert_eq!(app.status().await.code(), "pending");
    app.sweep_after(Duration::from_secs(60)).await;
    app.settle().await;
    assert_eq!(app.status().await.code(), "credited", "$19.00 were paid");
    app.assert_nothing_is_left().await;
}
