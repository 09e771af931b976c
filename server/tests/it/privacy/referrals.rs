//! What deleting an account means for referrals (`docs/rules.md` 104 and 105).

use std::time::Duration;

use domain::{credit::NoCredit, referral::FailureReason};
use sea_orm::EntityTrait;
use store::entities::{erased_address, user};
use stripe_stand_in::{Fault, FaultKind};

use super::{DELETED, delete};
use crate::support::{CODE, GOOD_FORM, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    who_comes_back_is_no_new_friend,
    who_comes_back_under_another_secret_is_no_new_friend,
    who_never_bought_is_a_new_friend,
    a_referrer_who_left_earns_nothing,
    a_credit_on_its_way_arrives_first,
    the_link_of_whoever_left_does_not_work,
    a_friend_who_left_before_buying_is_told,
);

const MINUTE: Duration = Duration::from_secs(60);

/// Jane registers again, through Mia's link.
async fn register_again(app: &TestApp) -> user::Model {
    let browser = app.browser();
    browser.get(&format!("/?ref={CODE}")).await;
    browser.go("register", &GOOD_FORM).await;
    app.find(&app.detroit, "jane@example.com")
        .await
        .expect("Jane")
}

async fn who_comes_back_is_no_new_friend(app: TestApp) {
    let mut referred = app.referred().await;
    app.sell(&referred).await;
    app.run_jobs().await;
    app.settle().await;
    let jane = app.signed_in("jane@example.com").await;
    delete(&jane, 0).await;
    app.run_jobs().await;
    referred.jane = register_again(&app).await;
    let sale = app.sell(&referred).await;
    app.run_jobs().await;
    assert_eq!(app.credits().await.len(), 1, "one friend, one credit");
    let why = app.purchase(sale).await.no_credit;
    assert_eq!(why.as_deref(), Some(&NoCredit::BoughtBefore));
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/dashboard").await.text;
    let words = "Only friends who are new to Detroit Arms earn you a credit";
    assert!(page.contains(words), "{page}");
    // The table tells nobody's address.
    let kept = erased_address::Entity::find()
        .all(app.state.db.reader())
        .await;
    let [kept] = &kept.unwrap()[..] else {
        panic!("not one address");
    };
    assert_eq!(kept.address_hash.len(), 64);
    assert!(
        kept.address_hash
            .chars()
            .all(|digit| digit.is_ascii_hexdigit())
    );
}

/// Between the two, `APP_SECRET` was replaced and the former one dropped.
async fn who_comes_back_under_another_secret_is_no_new_friend(mut app: TestApp) {
    let mut referred = app.referred().await;
    app.sell(&referred).await;
    app.run_jobs().await;
    app.settle().await;
    let jane = app.signed_in("jane@example.com").await;
    delete(&jane, 0).await;
    app.run_jobs().await;
    app.replace_secret("another secret, 32 characters long")
        .await;
    referred.jane = register_again(&app).await;
    let sale = app.sell(&referred).await;
    app.run_jobs().await;
    assert_eq!(app.credits().await.len(), 1, "one friend, one credit");
    let why = app.purchase(sale).await.no_credit;
    assert_eq!(why.as_deref(), Some(&NoCredit::BoughtBefore));
}

async fn who_never_bought_is_a_new_friend(app: TestApp) {
    let mut referred = app.referred().await;
    let jane = app.signed_in("jane@example.com").await;
    delete(&jane, 0).await;
    app.run_jobs().await;
    assert!(app.is_deleted(&referred.jane).await);
    referred.jane = register_again(&app).await;
    app.sell(&referred).await;
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.credits().await.len(), 1);
    assert_eq!(app.credits().await[0].state.code(), "issued");
}

async fn a_referrer_who_left_earns_nothing(app: TestApp) {
    let referred = app.referred().await;
    let mia = app.signed_in("mia@example.com").await;
    assert_eq!(delete(&mia, 0).await, DELETED);
    app.run_jobs().await;
    assert!(app.is_deleted(&referred.mia).await);
    app.sell(&referred).await;
    app.run_jobs().await;
    assert!(app.credits().await.is_empty());
    let referral = app.referral().await;
    assert_eq!(referral.status.code(), "failed");
    let reason = referral.failure_reason.as_deref();
    assert_eq!(reason, Some(&FailureReason::ReferrerDeleted));
    // Nobody can try it again, and it asks for nobody's attention.
    let dana = app.detroit_admin().await;
    let form = [("program", "tenant"), ("ids[0]", &*referral.id.to_string())];
    let answer = dana.fetch("retry_referrals", &form).await.text;
    assert!(answer.contains("account was deleted"), "{answer}");
    let page = dana.get("/admin/referrals").await.text;
    assert!(page.contains("Deleted member"), "{page}");
    app.assert_nothing_is_left().await;
}

async fn a_credit_on_its_way_arrives_first(app: TestApp) {
    // The next attempt is not due before we say so.
    app.stop_our_clock();
    let referred = app.referred().await;
    // Stripe posts the credit, and its answer is lost each time.
    app.stripe.fault(
        Fault::next(FaultKind::DropAfter)
            .on("POST", "/v1/customers/")
            .ending("balance_transactions")
            .times(u32::MAX),
    );
    app.sell(&referred).await;
    app.run_jobs().await;
    assert_eq!(app.credits().await[0].state.code(), "due");
    let mia = app.signed_in("mia@example.com").await;
    let form = [("password", PASSWORD), ("forfeit", "1000")];
    if mia
        .fetch("delete_account", &form)
        .await
        .text
        .contains("forfeit")
    {
        delete(&mia, 0).await;
    }
    app.run_jobs().await;
    assert!(!app.is_deleted(&referred.mia).await);
    app.stripe.clear_faults();
    app.settle().await;
    app.sweep_after(MINUTE).await;
    assert!(app.is_deleted(&referred.mia).await);
    assert_eq!(app.status().await.code(), "credited");
    assert_eq!(app.balance_transactions().len(), 1);
    app.assert_nothing_is_left().await;
}

async fn the_link_of_whoever_left_does_not_work(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let mia = app.signed_in("mia@example.com").await;
    delete(&mia, 0).await;
    let code = app
        .phone()
        .get(&format!("/api/v1/referral-codes/{CODE}"))
        .await;
    code.assert_problem(404, "unknown-code");
    let browser = app.browser();
    browser.get(&format!("/?ref={CODE}")).await;
    browser.go("register", &GOOD_FORM).await;
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    assert_eq!(jane.referred_by_user_id, None);
    app.run_jobs().await;
}

async fn a_friend_who_left_before_buying_is_told(app: TestApp) {
    let referred = app.referred().await;
    let jane = app.signed_in("jane@example.com").await;
    delete(&jane, 0).await;
    app.run_jobs().await;
    assert!(app.is_deleted(&referred.jane).await);
    assert_eq!(app.status().await.code(), "pending", "the status stays");
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/dashboard").await.text;
    assert!(
        page.contains("Deleted member") && page.contains("The account was deleted"),
        "{page}"
    );
}
