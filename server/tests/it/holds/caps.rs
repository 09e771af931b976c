//! The most credits that one referrer earns in a period (`docs/rules.md` 135).

use domain::{
    credit::{Cap, CapPeriod, NoCredit, Terms},
    referral::ReferralStatus,
};
use store::{PurchaseId, entities::user};

use super::{DAY, GUIDE, MINUTE};
use crate::support::{Referred, TestApp, on_both_databases, subscription};

on_both_databases!(
    no_more_are_earned_in_the_period,
    two_at_once_do_not_go_beyond_it,
    another_referrer_has_a_cap_of_their_own,
    a_calendar_year_begins_on_january_1,
    it_is_decided_again_in_the_next_period,
    a_platform_referrer_has_a_cap_too,
);

fn cap(credits: u64, period: CapPeriod) -> Terms {
    Terms {
        cap: Some(Cap { credits, period }),
        ..GUIDE
    }
}

/// Sells the ticket to this friend; the credit is not decided yet.
async fn sell(app: &TestApp, referred: &mut Referred, friend: &user::Model) -> PurchaseId {
    referred.jane = friend.clone();
    app.sell(referred).await
}

async fn why(app: &TestApp, sale: PurchaseId) -> Option<NoCredit> {
    app.purchase(sale).await.no_credit.as_deref().copied()
}

async fn no_more_are_earned_in_the_period(app: TestApp) {
    let mut referred = app.referred().await;
    app.set_terms(cap(2, CapPeriod::ThirtyDays)).await;
    let mut friends = vec![referred.jane.clone()];
    for name in ["Kim", "Lou", "Max"] {
        friends.push(app.another_friend(&referred.mia, name).await);
    }
    let mut sales = Vec::new();
    for friend in &friends[..3] {
        let sale = sell(&app, &mut referred, friend).await;
        app.decide(sale).await;
        sales.push(sale);
        app.advance(DAY);
    }
    assert_eq!(app.credits().await.len(), 2);
    assert_eq!(why(&app, sales[2]).await, Some(NoCredit::CapReached));
    let third = app.referral_of(&friends[2]).await;
    assert_eq!(*third.status, ReferralStatus::Pending);
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/dashboard").await.text;
    let words = "At most 2 credits in 30 days count. You may earn from a later payment";
    assert!(page.contains(words), "{page}");

    // The first of the two is 30 days old.
    app.advance(28 * DAY);
    let fourth = sell(&app, &mut referred, &friends[3]).await;
    app.decide(fourth).await;
    assert_eq!(app.credits().await.len(), 3);
    assert_eq!(app.balance_of(&referred.mia).await, -3000);
}

async fn two_at_once_do_not_go_beyond_it(app: TestApp) {
    let mut referred = app.referred().await;
    app.set_terms(cap(1, CapPeriod::ThirtyDays)).await;
    let jane = referred.jane.clone();
    let kim = app.another_friend(&referred.mia, "Kim").await;
    let first = sell(&app, &mut referred, &jane).await;
    let second = sell(&app, &mut referred, &kim).await;
    tokio::join!(app.decide(first), app.decide(second));
    assert_eq!(app.credits().await.len(), 1);
    let why = [why(&app, first).await, why(&app, second).await];
    assert!(why.contains(&Some(NoCredit::CapReached)), "{why:?}");
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
}

async fn another_referrer_has_a_cap_of_their_own(app: TestApp) {
    let mut referred = app.referred().await;
    app.set_terms(cap(1, CapPeriod::ThirtyDays)).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let ned = app.member(&app.detroit, "Ned", "ned@example.com").await;
    let kim = app.another_friend(&ned, "Kim").await;
    let sale = sell(&app, &mut referred, &kim).await;
    app.decide(sale).await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    assert_eq!(app.balance_of(&ned).await, -1000);
}

/// Whatever the day is on which this runs: a year later, another year has begun.
async fn a_calendar_year_begins_on_january_1(app: TestApp) {
    let mut referred = app.referred().await;
    app.set_terms(cap(1, CapPeriod::CalendarYear)).await;
    let jane = referred.jane.clone();
    let first = sell(&app, &mut referred, &jane).await;
    app.decide(first).await;
    let kim = app.another_friend(&referred.mia, "Kim").await;
    let second = sell(&app, &mut referred, &kim).await;
    app.decide(second).await;
    assert_eq!(why(&app, second).await, Some(NoCredit::CapReached));
    app.advance(366 * DAY);
    let third = sell(&app, &mut referred, &kim).await;
    app.decide(third).await;
    assert_eq!(app.credits().await.len(), 2);
}

async fn it_is_decided_again_in_the_next_period(app: TestApp) {
    let mut referred = app.referred().await;
    app.set_terms(cap(1, CapPeriod::ThirtyDays)).await;
    let jane = referred.jane.clone();
    let first = sell(&app, &mut referred, &jane).await;
    app.decide(first).await;
    let kim = app.another_friend(&referred.mia, "Kim").await;
    let second = sell(&app, &mut referred, &kim).await;
    app.decide(second).await;
    let id = app.referral_of(&kim).await.id.to_string();
    let fields = [("program", "tenant"), ("id", id.as_str())];
    let dana = app.detroit_admin().await;
    let told = dana.refused("decide_again", &fields).await.message;
    let told = told.unwrap();
    assert!(told.starts_with("The referrer earned the most"), "{told}");
    app.advance(30 * DAY + MINUTE);
    let dana = app.signed_in("dana@example.com").await;
    dana.done("decide_again", &fields).await;
    app.run_jobs().await;
    let referral = app.referral_of(&kim).await;
    assert_eq!(*referral.status, ReferralStatus::Credited);
    assert_eq!(app.balance_of(&referred.mia).await, -2000);
}

async fn a_platform_referrer_has_a_cap_too(app: TestApp) {
    let platform = app.platform().await;
    app.set_platform_terms(cap(1, CapPeriod::CalendarYear))
        .await;
    let code = Some(platform.jordan.code.as_str());
    for (id, email) in [("cs_1", "kim@example.com"), ("cs_2", "lou@example.com")] {
        let session = subscription(id, &platform.coachpros, email, code);
        app.subscribe(&platform, session).await;
    }
    assert_eq!(app.credits().await.len(), 1);
    let second = app.platform_purchases().await.remove(1);
    assert_eq!(second.no_credit.as_deref(), Some(&NoCredit::CapReached));
    let statuses: Vec<_> = app
        .platform_referrals()
        .await
        .iter()
        .map(|row| row.status.code())
        .collect();
    assert_eq!(statuses, ["credited", "pending"]);
}
