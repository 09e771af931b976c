//! Accounts that are deleted within a hold (`docs/rules.md` 136).

use domain::referral::{FailureReason, ReferralStatus};
use store::users;

use super::{DAY, MINUTE};
use crate::support::{PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    a_referrer_who_leaves_loses_what_is_on_hold,
    a_friend_who_leaves_changes_nothing,
);

async fn is_deleted(app: &TestApp, id: store::MemberId) -> bool {
    let row = users::by_id(app.state.db.reader(), app.detroit.id(), id).await;
    row.unwrap().unwrap().deleted_at.is_some()
}

async fn a_referrer_who_leaves_loses_what_is_on_hold(app: TestApp) {
    let referred = app.held(14).await;
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/account/delete").await.text;
    let words = "I will lose my credit of $10.00. $10.00 of it is on hold.";
    assert!(page.contains(words), "{page}");
    let confirm = |cents| [("password", PASSWORD), ("forfeit", cents)];
    let refusal = mia.refused("delete_account", &confirm("0")).await;
    let told = refusal.about("forfeit").unwrap();
    assert!(told.contains("your credit of $10.00"), "{told}");
    assert_eq!(mia.go("delete_account", &confirm("1000")).await, "/deleted");
    assert!(app.credits().await.is_empty());
    let referral = app.referral().await;
    assert_eq!(*referral.status, ReferralStatus::Failed);
    let reason = referral.failure_reason.as_deref();
    assert_eq!(reason, Some(&FailureReason::ReferrerDeleted));
    // Nothing is awaited.
    app.run_jobs().await;
    assert!(is_deleted(&app, referred.mia.id).await);
    app.sweep_after(15 * DAY).await;
    assert!(app.balance_transactions().is_empty());
}

async fn a_friend_who_leaves_changes_nothing(app: TestApp) {
    let referred = app.held(14).await;
    let jane = app.signed_in("jane@example.com").await;
    let form = [("password", PASSWORD), ("forfeit", "0")];
    assert_eq!(jane.go("delete_account", &form).await, "/deleted");
    app.run_jobs().await;
    assert!(is_deleted(&app, referred.jane.id).await);
    app.only_credit_is_on_hold().await;
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/dashboard").await.text;
    assert!(page.contains("On hold until"), "{page}");
    app.sweep_after(14 * DAY + MINUTE).await;
    app.assert_credited_once(&referred.mia).await;
}
