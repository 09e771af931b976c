//! What is a sign, and what is none.

use std::time::Duration;

use domain::credit::{ReviewFrom, Sign};
use store::referrals;
use stripe_stand_in::RefundStatus;

use super::{CARD, friend, member, pay_with, register_in, review, typed, waiting, waiting_count};
use crate::{
    refunds::rest,
    support::{Browser, CODE, PASSWORD, Page, Referred, TestApp, on_both_databases},
};

on_both_databases!(
    by_default_nothing_is_reviewed,
    a_card_of_the_referrers_is_two_signs,
    a_card_of_another_friends_is_two_signs,
    another_card_is_no_sign,
    the_same_browser_is_a_sign,
    the_network_alone_is_no_sign,
    the_same_network_and_kind_of_browser_are_a_sign,
    a_private_window_is_the_same_place,
    a_throw_away_address_is_a_sign,
    many_friends_in_a_day_are_a_sign,
    who_is_linked_afterwards_came_when_they_registered,
    many_refunds_are_a_sign,
);

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
     Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

/// Kim buys the ticket with a card, and the job of the purchase is done.
async fn buys(app: &TestApp, referred: &Referred, browser: &Browser, card: &str) {
    pay_with(app, browser, &referred.ticket, card).await;
    rest(app).await;
}

async fn by_default_nothing_is_reviewed(app: TestApp) {
    let referred = app.referred().await;
    let mia = app.signed_in("mia@example.com").await;
    buys(&app, &referred, &mia, CARD).await;
    let kim = friend(&app, "kim@mailinator.com").await;
    buys(&app, &referred, &kim, CARD).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    // Nobody was asked for a card.
    let purchases = app.purchases().await;
    assert!(purchases.iter().all(|row| !row.card_read), "{purchases:?}");
    app.assert_nothing_is_left().await;
}

async fn a_card_of_the_referrers_is_two_signs(app: TestApp) {
    let referred = app.referred().await;
    // What was bought before counts as well.
    let mia = app.signed_in("mia@example.com").await;
    buys(&app, &referred, &mia, CARD).await;
    review(&app, Some(ReviewFrom::ThreeSigns), 0).await;
    let kim = friend(&app, "kim@example.com").await;
    buys(&app, &referred, &kim, CARD).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    review(&app, Some(ReviewFrom::TwoSigns), 0).await;
    let lou = friend(&app, "lou@example.com").await;
    buys(&app, &referred, &lou, CARD).await;
    waiting(&app, &[Sign::CardOfReferrer]).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
}

async fn a_card_of_another_friends_is_two_signs(app: TestApp) {
    let referred = app.referred().await;
    let jane = app.signed_in("jane@example.com").await;
    buys(&app, &referred, &jane, CARD).await;
    review(&app, Some(ReviewFrom::TwoSigns), 0).await;
    let kim = friend(&app, "kim@example.com").await;
    buys(&app, &referred, &kim, CARD).await;
    waiting(&app, &[Sign::CardOfFriend]).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000, "for Jane");
}

async fn another_card_is_no_sign(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::OneSign), 0).await;
    let mia = app.signed_in("mia@example.com").await;
    buys(&app, &referred, &mia, CARD).await;
    let kim = friend(&app, "kim@example.com").await;
    buys(&app, &referred, &kim, "Kim's Visa").await;
    assert_eq!(waiting_count(&app).await, 0);
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    app.assert_nothing_is_left().await;
}

async fn the_same_browser_is_a_sign(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::OneSign), 0).await;
    let browser = app.signed_in("mia@example.com").await;
    browser.go("sign_out", &[]).await;
    register_in(&browser, "kim@example.com").await;
    buys(&app, &referred, &browser, CARD).await;
    waiting(&app, &[Sign::SameBrowser]).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
}

/// Signs a member in, in a browser of their own that says what it is.
async fn signed_in_with(app: &TestApp, email: &str, user_agent: &'static str) -> Browser {
    let browser = app.browser();
    let form = [("email", email), ("password", PASSWORD)];
    sent_by(&browser, "sign_in", &form, user_agent).await;
    browser
}

/// Sends a form, from a browser that says what it is.
async fn sent_by(
    browser: &Browser,
    function: &str,
    form: &[(&str, &str)],
    user_agent: &'static str,
) {
    let request = browser
        .form(function, form)
        .header("user-agent", user_agent);
    Page::read(request.send().await).await;
}

/// Everybody here comes from one address.
async fn the_network_alone_is_no_sign(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::OneSign), 0).await;
    app.signed_in("mia@example.com").await;
    signed_in_with(&app, "mia@example.com", FIREFOX).await;
    app.signed_in("jane@example.com").await;
    let jane = signed_in_with(&app, "jane@example.com", SAFARI).await;
    buys(&app, &referred, &jane, CARD).await;
    assert_eq!(waiting_count(&app).await, 0);
    app.assert_credited_once(&referred.mia).await;
}

/// Kim registers where Mia signed in, without the cookies of that browser, and buys at once.
async fn a_private_window_is_the_same_place(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::OneSign), 0).await;
    signed_in_with(&app, "mia@example.com", FIREFOX).await;
    let window = app.browser();
    window.get(&format!("/?ref={CODE}")).await;
    sent_by(&window, "register", &typed("kim@example.com"), FIREFOX).await;
    buys(&app, &referred, &window, CARD).await;
    waiting(&app, &[Sign::SamePlace]).await;
}

async fn the_same_network_and_kind_of_browser_are_a_sign(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::OneSign), 0).await;
    signed_in_with(&app, "mia@example.com", FIREFOX).await;
    let jane = signed_in_with(&app, "jane@example.com", FIREFOX).await;
    buys(&app, &referred, &jane, CARD).await;
    waiting(&app, &[Sign::SamePlace]).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
}

async fn a_throw_away_address_is_a_sign(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::OneSign), 0).await;
    let kim = friend(&app, "kim@away.mailinator.com").await;
    buys(&app, &referred, &kim, CARD).await;
    waiting(&app, &[Sign::DisposableAddress]).await;
}

async fn many_friends_in_a_day_are_a_sign(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::OneSign), 0).await;
    let mut browsers = Vec::new();
    for number in 1..=5 {
        browsers.push(friend(&app, &format!("friend{number}@example.com")).await);
    }
    // Jane and three others came before the fourth one, and a fifth is many.
    buys(&app, &referred, &browsers[3], "One").await;
    assert_eq!(waiting_count(&app).await, 0);
    buys(&app, &referred, &browsers[4], "Two").await;
    waiting(&app, &[Sign::ManyAtOnce]).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
}

/// Kim registered two days before five others, and the referrer was named after them.
async fn who_is_linked_afterwards_came_when_they_registered(app: TestApp) {
    let referred = app.referred().await;
    review(&app, Some(ReviewFrom::OneSign), 0).await;
    let kim = app.member(&app.detroit, "Kim", "kim@example.com").await;
    app.advance(Duration::from_secs(2 * 86_400));
    for number in 1..=5 {
        friend(&app, &format!("friend{number}@example.com")).await;
    }
    let (token, now) = (app.state.random.token(), app.state.now());
    let (db, site, mia) = (app.state.db.writer(), app.detroit.id(), referred.mia.id);
    let linked = referrals::insert_pending(db, site, token, mia, kim.id, None, now);
    linked.await.unwrap();
    let kim = app.signed_in("kim@example.com").await;
    buys(&app, &referred, &kim, CARD).await;
    assert_eq!(waiting_count(&app).await, 0);
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
}

async fn many_refunds_are_a_sign(app: TestApp) {
    let referred = app.referred().await;
    let jane = app.signed_in("jane@example.com").await;
    let first = pay_with(&app, &jane, &referred.ticket, "One").await;
    let kim = friend(&app, "kim@example.com").await;
    buys(&app, &referred, &kim, "Two").await;
    let refunded = app
        .stripe
        .refund(&first.payment, None, RefundStatus::Succeeded);
    refunded.unwrap();
    rest(&app).await;
    review(&app, Some(ReviewFrom::OneSign), 0).await;
    let lou = friend(&app, "lou@example.com").await;
    buys(&app, &referred, &lou, "Three").await;
    let credit = waiting(&app, &[Sign::ManyRefunds]).await;
    let mia = member(&app, "mia@example.com").await;
    assert_eq!(credit.beneficiary_id, Some(mia.id));
}
