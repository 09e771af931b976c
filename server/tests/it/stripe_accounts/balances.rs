//! The balance that a page shows is never older than a change that we know of.

use domain::{
    credit::Balance,
    money::{Currency, Money},
};
use services::stripe_customers::{Holder, connection, get_or_create};
use store::{
    entities::stripe_customer,
    stripe_customers::{self, HolderId},
};

use crate::support::{Referred, TestApp, on_both_databases};

on_both_databases!(
    what_stripe_answered_before_a_credit_is_not_shown_after_it,
    the_change_that_is_recorded_last_need_not_be_the_newest,
    a_balance_that_did_not_change_is_asked_for_once_a_minute,
);

async fn what_stripe_answered_before_a_credit_is_not_shown_after_it(app: TestApp) {
    let referred = app.referred().await;
    let read = customer_of_mia(&app, &referred).await;
    credit_mia(&app, &referred).await;
    // A page had asked Stripe before the credit; it stores the answer after it.
    let (db, now) = (app.state.db.writer(), app.state.now());
    stripe_customers::set_balance(db, &read, usd(0), now)
        .await
        .unwrap();
    assert_eq!(shown(&app, &referred).await, Balance::Credit(usd(1000)));
}

async fn the_change_that_is_recorded_last_need_not_be_the_newest(app: TestApp) {
    let referred = app.referred().await;
    let read = customer_of_mia(&app, &referred).await;
    credit_mia(&app, &referred).await;
    let (db, account) = (app.state.db.writer(), read.stripe_account_id);
    let (mia, customer) = (HolderId::Member(referred.mia.id), read.customer_id.unwrap());
    stripe_customers::balance_changed(db, account, mia, &customer, usd(300))
        .await
        .unwrap();
    assert_eq!(shown(&app, &referred).await, Balance::Credit(usd(1000)));
}

async fn a_balance_that_did_not_change_is_asked_for_once_a_minute(app: TestApp) {
    let referred = app.referred().await;
    customer_of_mia(&app, &referred).await;
    credit_mia(&app, &referred).await;
    let asked = async || {
        let before = app.stripe.requests().len();
        assert_eq!(shown(&app, &referred).await, Balance::Credit(usd(1000)));
        app.stripe.requests().len() - before
    };
    assert_eq!(asked().await, 1);
    assert_eq!(asked().await, 0);
    app.advance(std::time::Duration::from_secs(61));
    assert_eq!(asked().await, 1);
}

fn usd(cents: i64) -> Money {
    Money::new(cents, Currency::Usd)
}

/// Mia's row, with a customer whose balance is 0.
async fn customer_of_mia(app: &TestApp, referred: &Referred) -> stripe_customer::Model {
    let site = app.site().await;
    let connection = connection(&app.state, &site).await.unwrap().unwrap();
    let holder = Holder::Member(&site, &referred.mia);
    get_or_create(&app.state, &connection, &holder)
        .await
        .unwrap();
    let (db, account) = (app.state.db.reader(), connection.account.id);
    let row = stripe_customers::get(db, account, holder.id()).await;
    row.unwrap().expect("a customer")
}

/// Jane buys, which earns Mia $10.00.
async fn credit_mia(app: &TestApp, referred: &Referred) {
    let sale = app.sell(referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    assert_eq!(app.balance_transactions().len(), 1);
}

async fn shown(app: &TestApp, referred: &Referred) -> Balance {
    let ports = app.ports(&app.detroit, Some(&referred.mia)).await;
    let dashboard = ports.referrals.dashboard().await.unwrap();
    dashboard.unwrap().balance.now
}
