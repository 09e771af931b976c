//! Credits that wait until an admin has looked at them (`docs/rules.md` 163 to 170).

mod cards;
mod deciding;
mod leaving;
mod platform;
mod refused;
mod settings;
mod signs;
mod undoing;

use std::time::Duration;

use domain::{
    credit::{ReviewFrom, Sign, Terms},
    money::{Currency, Money},
    referral::AttributionModel,
    refund::PartialRefunds,
};
use store::{
    Scope,
    entities::{credit, product, referral, user},
    referrals, terms,
};
use stripe_stand_in::PaymentStatus;

use crate::{
    refunds::{Bought, bought, open, rest},
    support::{Browser, CODE, PASSWORD, Referred, TestApp},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTE: Duration = Duration::from_secs(60);
/// The card that is one person's.
const CARD: &str = "Mia's Visa";
/// What an admin writes about a review.
const NOTE: &str = "Asked both of them";

/// Terms of which the guide knows the review alone not.
fn reviewed(from: Option<ReviewFrom>, hold_days: i64) -> Terms {
    Terms {
        hold_days,
        least: Money::new(0, Currency::Usd),
        cap: None,
        partial_refunds: PartialRefunds::TakeNothing,
        review: from,
        attribution: AttributionModel::FirstClick,
    }
}

/// Sets from how many signs on Detroit's credits wait.
async fn review(app: &TestApp, from: Option<ReviewFrom>, hold_days: i64) {
    let version = app.site().await.settings.terms_version;
    let (db, scope) = (app.state.db.writer(), Scope::Site(app.detroit.id()));
    let saved = terms::save(db, scope, version, &reviewed(from, hold_days)).await;
    assert!(saved.unwrap());
}

/// What a friend of Mia's types to register.
fn typed(email: &str) -> [(&'static str, &str); 5] {
    [
        ("first_name", "Kim"),
        ("last_name", "Other"),
        ("email", email),
        ("date_of_birth", "1990-01-15"),
        ("password", PASSWORD),
    ]
}

/// Registers through Mia's link in a browser.
async fn register_in(browser: &Browser, email: &str) {
    browser.get(&format!("/?ref={CODE}")).await;
    browser.go("register", &typed(email)).await;
}

/// Another friend of Mia's, in a browser of their own.
async fn friend(app: &TestApp, email: &str) -> Browser {
    let browser = app.browser();
    register_in(&browser, email).await;
    browser
}

/// Buys on Stripe's page with the card of this name. The credit is not decided yet.
async fn pay_with(
    app: &TestApp,
    browser: &Browser,
    product: &product::Model,
    card: &str,
) -> Bought {
    let session = open(app, browser, product, None).await;
    let id = session["id"].as_str().unwrap();
    let paid = app
        .stripe
        .complete_with_card(id, PaymentStatus::Paid, None, card);
    paid.unwrap();
    app.delivered().await;
    bought(app, &session)
}

/// Mia bought something with her card, and Kim, who came by her link, pays with the same one. What that earns
/// is under review, with this hold.
async fn under_review(app: &TestApp, hold_days: i64) -> (Referred, Browser, Bought) {
    let referred = app.referred().await;
    review(app, Some(ReviewFrom::TwoSigns), hold_days).await;
    let mia = app.signed_in("mia@example.com").await;
    pay_with(app, &mia, &referred.ticket, CARD).await;
    let kim = friend(app, "kim@example.com").await;
    let bought = pay_with(app, &kim, &referred.ticket, CARD).await;
    rest(app).await;
    waiting(app, &[Sign::CardOfReferrer]).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    (referred, kim, bought)
}

/// The only credit that waits for a person, of which this was seen.
async fn waiting(app: &TestApp, seen: &[Sign]) -> credit::Model {
    let credits = app.credits().await.into_iter();
    let mut waiting: Vec<_> = credits.filter(credit::Model::is_under_review).collect();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    let credit = waiting.remove(0);
    assert_eq!(credit.state.code(), "due");
    assert_eq!(credit.first_sent_at, None);
    let signs: Vec<_> = credit.review_signs.as_deref().unwrap().iter().collect();
    assert_eq!(signs, seen);
    credit
}

/// How many credits wait for a person.
async fn waiting_count(app: &TestApp) -> usize {
    let credits = app.credits().await.into_iter();
    credits.filter(credit::Model::is_under_review).count()
}

async fn member(app: &TestApp, email: &str) -> user::Model {
    let member = app.find(&app.detroit, email).await;
    member.expect("a member")
}

/// The referral of the friend with this address.
async fn referral_of(app: &TestApp, email: &str) -> referral::Model {
    let friend = member(app, email).await;
    let db = app.state.db.reader();
    let row = referrals::of_referred(db, app.detroit.id(), friend.id).await;
    row.unwrap().expect("a referral")
}

/// The form that decides about a review.
fn decision<'a>(id: &'a str, what: &'a str, reason: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("program", "tenant"),
        ("id", id),
        ("decision", what),
        ("reason", reason),
    ]
}
