//! A referrer who leaves loses what is under review (`docs/rules.md` 136 and 167).

use domain::referral::{FailureReason, ReferralStatus};

use super::{DAY, referral_of, under_review, waiting_count};
use crate::support::{PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    a_referrer_who_leaves_loses_what_is_under_review,
);

async fn a_referrer_who_leaves_loses_what_is_under_review(app: TestApp) {
    under_review(&app, 0).await;
    let mia = app.signed_in("mia@example.com").await;
    let confirm = |cents| [("password", PASSWORD), ("forfeit", cents)];
    let refusal = mia.refused("delete_account", &confirm("0")).await;
    let told = refusal.about("forfeit").unwrap();
    assert!(told.contains("your credit of $10.00"), "{told}");
    assert_eq!(mia.go("delete_account", &confirm("1000")).await, "/deleted");
    assert_eq!(waiting_count(&app).await, 0);
    let referral = referral_of(&app, "kim@example.com").await;
    assert_eq!(*referral.status, ReferralStatus::Failed);
    let reason = referral.failure_reason.as_deref();
    assert_eq!(reason, Some(&FailureReason::ReferrerDeleted));
    app.run_jobs().await;
    app.sweep_after(DAY).await;
    assert!(app.balance_transactions().is_empty());
}
