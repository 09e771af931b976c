//! How cards become known, and are forgotten.

use domain::credit::{ReviewFrom, Sign};
use services::{jobs, queue::Job};
use stripe_stand_in::{Fault, FaultKind};

use super::{CARD, friend, member, pay_with, review, under_review, waiting, waiting_count};
use crate::{
    refunds::rest,
    support::{PASSWORD, TestApp, on_both_databases},
};

on_both_databases!(
    with mail:
    while_stripe_does_not_say_which_card_paid_nothing_is_decided,
    what_stripe_does_not_say_for_a_day_an_admin_decides,
    another_purchase_that_cannot_be_read_holds_nothing_up,
    stripe_is_asked_once_for_a_card,
    three_accounts_with_one_card_earn_nothing,
    a_deleted_account_leaves_no_card,
    about_a_deleted_account_stripe_is_not_asked,
);

async fn while_stripe_does_not_say_which_card_paid_nothing_is_decided(app: TestApp) {
    let referred = app.referred().await;
    let mia = app.signed_in("mia@example.com").await;
    pay_with(&app, &mia, &referred.ticket, CARD).await;
    rest(&app).await;
    review(&app, Some(ReviewFrom::TwoSigns), 0).await;
    let kim = friend(&app, "kim@example.com").await;
    let bought = pay_with(&app, &kim, &referred.ticket, CARD).await;
    let down = Fault::next(FaultKind::FailBefore).on("GET", "/v1/charges");
    app.stripe.fault(down.times(99));
    let job = Job::DecideCredit {
        purchase_id: bought.id,
    };
    assert!(jobs::perform(&app.state, &job).await.is_err());
    assert!(app.credits().await.is_empty());
    app.stripe.clear_faults();
    rest(&app).await;
    waiting(&app, &[Sign::CardOfReferrer]).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
}

/// As with a restricted key that may not read charges.
async fn what_stripe_does_not_say_for_a_day_an_admin_decides(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::ThreeSigns), 0).await;
    let kim = friend(&app, "kim@example.com").await;
    let bought = pay_with(&app, &kim, &referred.ticket, CARD).await;
    let refused = Fault::next(FaultKind::Forbidden).on("GET", "/v1/charges");
    app.stripe.fault(refused.times(99));
    let job = Job::DecideCredit {
        purchase_id: bought.id,
    };
    assert!(jobs::perform(&app.state, &job).await.is_err());
    assert!(app.credits().await.is_empty());
    app.run("UPDATE purchases SET paid_at = paid_at - 24 * 60 * 60 * 1000")
        .await;
    rest(&app).await;
    waiting(&app, &[Sign::UnknownCard]).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
}

async fn another_purchase_that_cannot_be_read_holds_nothing_up(app: TestApp) {
    let referred = app.referred().await;
    let mia = app.signed_in("mia@example.com").await;
    pay_with(&app, &mia, &referred.ticket, CARD).await;
    rest(&app).await;
    review(&app, Some(ReviewFrom::TwoSigns), 0).await;
    let kim = friend(&app, "kim@example.com").await;
    let bought = pay_with(&app, &kim, &referred.ticket, "Kim's Visa").await;
    // The first call is for Kim's card, the second for Mia's.
    let job = Job::DecideCredit {
        purchase_id: bought.id,
    };
    let down = Fault::next(FaultKind::FailBefore).on("GET", "/v1/charges");
    app.stripe.fault(down.after(1).times(99));
    jobs::perform(&app.state, &job).await.unwrap();
    app.stripe.clear_faults();
    rest(&app).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
}

async fn stripe_is_asked_once_for_a_card(app: TestApp) {
    let (referred, ..) = under_review(&app, 0).await;
    let known = app.purchases().await;
    assert!(known.iter().all(|row| row.card_read), "{known:?}");
    let down = Fault::next(FaultKind::FailBefore).on("GET", "/v1/charges");
    app.stripe.fault(down.times(1));
    let lou = friend(&app, "lou@example.com").await;
    let bought = pay_with(&app, &lou, &referred.ticket, "Lou's Visa").await;
    let job = Job::DecideCredit {
        purchase_id: bought.id,
    };
    // That call is for the new card.
    assert!(jobs::perform(&app.state, &job).await.is_err());
    rest(&app).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    assert_eq!(waiting_count(&app).await, 1);
}

/// The farmer pays for everything with the one card.
async fn three_accounts_with_one_card_earn_nothing(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::TwoSigns), 0).await;
    let mia = app.signed_in("mia@example.com").await;
    pay_with(&app, &mia, &referred.ticket, CARD).await;
    for number in 1..=3 {
        let throw_away = friend(&app, &format!("throw{number}@example.com")).await;
        pay_with(&app, &throw_away, &referred.ticket, CARD).await;
    }
    rest(&app).await;
    assert_eq!(waiting_count(&app).await, 3);
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    assert!(app.balance_transactions().is_empty());
}

async fn a_deleted_account_leaves_no_card(app: TestApp) {
    let (_, kim, bought) = under_review(&app, 0).await;
    let card = |rows: &[store::entities::purchase::Model]| {
        let row = rows.iter().find(|row| row.id == bought.id).unwrap();
        row.card_fingerprint.clone()
    };
    assert!(card(&app.purchases().await).is_some());
    let form = [("password", PASSWORD), ("forfeit", "0")];
    assert_eq!(kim.go("delete_account", &form).await, "/deleted");
    app.run_jobs().await;
    assert_eq!(card(&app.purchases().await), None);
    // The referrer's credit still waits for an admin.
    assert_eq!(waiting_count(&app).await, 1);
    let mia = member(&app, "mia@example.com").await;
    assert_eq!(app.balance_of(&mia).await, 0);
}

/// Kim's card was not known when she left, since nothing was reviewed.
async fn about_a_deleted_account_stripe_is_not_asked(app: TestApp) {
    let referred = app.referred().await;
    let kim = friend(&app, "kim@example.com").await;
    let bought = pay_with(&app, &kim, &referred.ticket, CARD).await;
    rest(&app).await;
    let form = [("password", PASSWORD), ("forfeit", "0")];
    assert_eq!(kim.go("delete_account", &form).await, "/deleted");
    app.run_jobs().await;
    review(&app, Some(ReviewFrom::TwoSigns), 0).await;
    let lou = friend(&app, "lou@example.com").await;
    pay_with(&app, &lou, &referred.ticket, CARD).await;
    rest(&app).await;
    let purchases = app.purchases().await;
    let hers = purchases.iter().find(|row| row.id == bought.id).unwrap();
    assert_eq!(hers.card_fingerprint, None);
    assert_eq!(waiting_count(&app).await, 0);
}
