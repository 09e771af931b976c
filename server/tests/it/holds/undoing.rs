//! A purchase that is undone within the hold earns nobody anything.

use domain::referral::ReferralStatus;
use store::{PurchaseId, entities::user};

use super::{DAY, MINUTE, hold};
use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    it_earns_nothing_and_the_next_one_counts,
    another_purchase_keeps_the_credit_and_begins_the_hold_anew,
    throw_away_friends_earn_nothing,
);

/// Undoes a sale at the counter.
async fn undo(desk: &Browser, member: &user::Model, id: PurchaseId) {
    let (member, id) = (member.id.to_string(), id.to_string());
    let form = [
        ("member_id", member.as_str()),
        ("purchase_id", &id),
        ("reason", "Brought back"),
    ];
    assert_eq!(desk.done("undo_sale", &form).await, "The sale was undone.");
}

async fn it_earns_nothing_and_the_next_one_counts(app: TestApp) {
    let referred = app.held(14).await;
    app.advance(13 * DAY);
    let desk = app.detroit_admin().await;
    let sale = app.purchases().await[0].id;
    undo(&desk, &referred.jane, sale).await;
    assert!(app.credits().await.is_empty());
    assert_eq!(app.status().await, ReferralStatus::Pending);
    // The job for the end finds nothing.
    app.sweep_after(2 * DAY).await;
    assert!(app.balance_transactions().is_empty());
    let next = app.sell(&referred).await;
    app.decide(next).await;
    app.only_credit_is_on_hold().await;
    app.sweep_after(14 * DAY + MINUTE).await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(app.referral().await.purchase_id, Some(next));
}

/// Jane buys again shortly before the hold ends, and brings the first purchase back.
async fn another_purchase_keeps_the_credit_and_begins_the_hold_anew(app: TestApp) {
    let referred = app.held(14).await;
    app.advance(13 * DAY);
    let desk = app.detroit_admin().await;
    let second = app.sell(&referred).await;
    app.decide(second).await;
    let [first, other] = &app.purchases().await[..] else {
        panic!("not two purchases");
    };
    undo(&desk, &referred.jane, first.id).await;
    let credit = app.only_credit_is_on_hold().await;
    let end = other.paid_at.unwrap() + time::Duration::days(14);
    assert_eq!(credit.held_until, Some(end));
    assert_eq!(app.referral().await.purchase_id, Some(second));
    app.sweep_after(2 * DAY).await;
    app.only_credit_is_on_hold().await;
    app.sweep_after(12 * DAY + MINUTE).await;
    app.assert_credited_once(&referred.mia).await;
}

/// Three accounts of one person each buy and bring back. A hold of a day earns them nothing.
async fn throw_away_friends_earn_nothing(app: TestApp) {
    let mut referred = app.referred().await;
    app.set_terms(hold(1)).await;
    let desk = app.detroit_admin().await;
    let mut friends = vec![referred.jane.clone()];
    for name in ["Kim", "Lou"] {
        friends.push(app.another_friend(&referred.mia, name).await);
    }
    let mut sales = Vec::new();
    for friend in &friends {
        referred.jane = friend.clone();
        let sale = app.sell(&referred).await;
        app.decide(sale).await;
        sales.push(sale);
    }
    assert_eq!(app.credits().await.len(), 3);
    for (friend, sale) in friends.iter().zip(sales) {
        app.advance(MINUTE);
        undo(&desk, friend, sale).await;
    }
    app.sweep_after(2 * DAY).await;
    assert!(app.credits().await.is_empty());
    assert!(app.balance_transactions().is_empty());
    for friend in &friends {
        let status = app.referral_of(friend).await.status;
        assert_eq!(*status, ReferralStatus::Pending);
    }
}
