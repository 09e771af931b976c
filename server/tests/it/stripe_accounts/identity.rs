//! Stripe is asked for the account of a key, so that an account that was connected before is found
//! again.

use domain::credit::Program;
use sea_orm::{ConnectionTrait, EntityTrait};
use server_core::{random::Random, sealing::Sealer};
use services::operator::{self, StripeKeys};
use store::{entities::stripe_account, stripe_accounts};
use stripe_stand_in::{Fault, FaultKind};

use super::{disconnect, take_real_payments};
use crate::support::{
    PLATFORM_KEY, PLATFORM_SECRET, STRIPE_KEY, TestApp, WEBHOOK_SECRET, event, on_both_databases,
    session,
};

on_both_databases!(
    disconnected_and_connected_with_the_same_key_it_is_the_same_account,
    the_platforms_account_is_found_again_too,
    a_rolled_key_needs_no_word_that_it_is_of_the_same_account,
    another_account_gets_a_row_of_its_own_and_the_first_is_found_again,
    an_account_of_long_ago_is_found_among_many,
    test_and_live_mode_are_two_accounts_here,
    a_restricted_key_is_known_by_what_it_sees,
    a_restricted_key_that_sees_nothing_is_asked_about,
    a_row_that_has_no_name_yet_is_recognised,
    without_an_answer_nothing_is_saved_but_what_somebody_vouches_for,
    a_key_that_stripe_does_not_know_is_not_saved,
    a_key_of_another_account_is_no_new_key_of_this_one,
    an_account_whose_secrets_are_lost_keeps_its_address,
    keys_are_checked_alike_on_the_command_line,
);

async fn connect(app: &TestApp, secret_key: &str, same_account: bool) -> anyhow::Result<String> {
    let keys = StripeKeys {
        secret_key,
        same_account,
        ..StripeKeys::default()
    };
    let connected = operator::connect_stripe(&app.state, "detroit-arms", &keys).await?;
    Ok(connected.path)
}

async fn refused(app: &TestApp, secret_key: &str, same_account: bool) -> String {
    let connected = connect(app, secret_key, same_account).await;
    connected.unwrap_err().to_string()
}

async fn accounts(app: &TestApp) -> Vec<stripe_account::Model> {
    let rows = stripe_account::Entity::find().all(app.state.db.reader());
    rows.await.unwrap()
}

async fn disconnected_and_connected_with_the_same_key_it_is_the_same_account(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    disconnect(&app, Program::Tenant).await;
    let path = connect(&app, STRIPE_KEY, false).await.unwrap();
    assert_eq!(path, referred.webhook);
    let body = event(
        "evt_1",
        "checkout.session.completed",
        session("cs_1", "paid"),
    );
    assert_eq!(app.deliver(&path, &body).await, 200, "its secret is kept");
    assert_eq!(app.purchase(purchase.id).await.state.code(), "paid");
    app.decide(purchase.id).await;
    app.assert_credited_once(&referred.mia).await;
    let [account] = &accounts(&app).await[..] else {
        panic!("not one account");
    };
    assert_eq!(account.site_id, Some(app.detroit.id()));
    let named = account.stripe_account.as_deref();
    assert!(named.is_some_and(|name| name.starts_with("acct_")));
}

async fn the_platforms_account_is_found_again_too(app: TestApp) {
    let platform = app.platform().await;
    disconnect(&app, Program::Platform).await;
    app.stripe.roll_key(PLATFORM_KEY, "sk_test_rolled");
    let path = app
        .connect_platform("sk_test_rolled", PLATFORM_SECRET)
        .await;
    assert_eq!(path, platform.webhook);
    let [account] = &accounts(&app).await[..] else {
        panic!("not one account");
    };
    assert!(account.platform && account.site_id.is_none());
}

async fn a_rolled_key_needs_no_word_that_it_is_of_the_same_account(app: TestApp) {
    let referred = app.referred().await;
    app.stripe.roll_key(STRIPE_KEY, "sk_test_rolled");
    let path = connect(&app, "sk_test_rolled", false).await.unwrap();
    assert_eq!(path, referred.webhook);
    let account = app.account().await;
    let account = stripe_accounts::by_id(app.state.db.reader(), &app.state.sealer, account).await;
    let account = account.unwrap().unwrap();
    assert_eq!(account.secret_key, "sk_test_rolled");
    assert_eq!(account.webhook_secrets, [WEBHOOK_SECRET]);
}

async fn another_account_gets_a_row_of_its_own_and_the_first_is_found_again(app: TestApp) {
    let first = connect(&app, STRIPE_KEY, false).await.unwrap();
    let second = connect(&app, "sk_test_another", false).await.unwrap();
    assert_ne!(first, second);
    let again = connect(&app, STRIPE_KEY, false).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(accounts(&app).await.len(), 2);
}

async fn an_account_of_long_ago_is_found_among_many(app: TestApp) {
    let first = connect(&app, "sk_test_of_0", false).await.unwrap();
    for later in 1..=6 {
        let key = format!("sk_test_of_{later}");
        assert_ne!(connect(&app, &key, false).await.unwrap(), first);
    }
    for _ in 0..2 {
        assert_eq!(connect(&app, "sk_test_of_0", false).await.unwrap(), first);
        connect(&app, "sk_test_of_6", false).await.unwrap();
    }
    assert_eq!(accounts(&app).await.len(), 7);
}

async fn test_and_live_mode_are_two_accounts_here(mut app: TestApp) {
    take_real_payments(&mut app);
    let test = connect(&app, "sk_test_a1", false).await.unwrap();
    let live = connect(&app, "sk_live_a1", false).await.unwrap();
    assert_ne!(test, live);
    let rows = accounts(&app).await;
    assert_eq!(rows[0].stripe_account, rows[1].stripe_account);
    assert_eq!(connect(&app, "sk_test_a1", false).await.unwrap(), test);
}

const RESTRICTED: &str = "rk_test_detroit";

async fn a_restricted_key_is_known_by_what_it_sees(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.assert_credited_once(&referred.mia).await;
    app.stripe.add_key(STRIPE_KEY, RESTRICTED);
    let path = connect(&app, RESTRICTED, false).await.unwrap();
    assert_eq!(path, referred.webhook, "it sees the customer");
    disconnect(&app, Program::Tenant).await;
    let path = connect(&app, RESTRICTED, false).await.unwrap();
    assert_eq!(path, referred.webhook, "also as a former account's");
}

async fn a_restricted_key_that_sees_nothing_is_asked_about(app: TestApp) {
    let path = connect(&app, STRIPE_KEY, false).await.unwrap();
    app.stripe.add_key(STRIPE_KEY, RESTRICTED);
    let said = refused(&app, RESTRICTED, false).await;
    assert!(said.starts_with("--same-account: "), "{said}");
    assert!(
        said.contains("cannot show which account it belongs to"),
        "{said}"
    );
    assert_eq!(connect(&app, RESTRICTED, true).await.unwrap(), path);
    assert_eq!(accounts(&app).await.len(), 1);
}

async fn a_row_that_has_no_name_yet_is_recognised(app: TestApp) {
    let referred = app.referred().await;
    let (sale, db) = (app.sell(&referred).await, app.state.db.reader());
    app.decide(sale).await;
    const FORGET: &str = "UPDATE stripe_accounts SET stripe_account = NULL";
    for key in [STRIPE_KEY, "sk_test_second", "sk_test_third"] {
        db.execute_unprepared(FORGET).await.unwrap();
        disconnect(&app, Program::Tenant).await;
        match key {
            "sk_test_second" => app.stripe.add_key(STRIPE_KEY, key),
            // The former key does not work any more, but the objects that it created can be read.
            "sk_test_third" => app.stripe.roll_key("sk_test_second", key),
            _ => {}
        }
        assert_eq!(connect(&app, key, false).await.unwrap(), referred.webhook);
        let [account] = &accounts(&app).await[..] else {
            panic!("{key}: not one account");
        };
        assert!(account.stripe_account.is_some(), "{key}: named now");
    }
}

fn no_answer() -> Fault {
    Fault::next(FaultKind::BadGateway).on("GET", "/v1/account")
}

async fn without_an_answer_nothing_is_saved_but_what_somebody_vouches_for(app: TestApp) {
    app.stripe.fault(no_answer());
    let said = refused(&app, STRIPE_KEY, false).await;
    assert!(said.contains("does not answer right now"), "{said}");
    assert!(accounts(&app).await.is_empty());
    let path = connect(&app, STRIPE_KEY, false).await.unwrap();
    app.stripe.roll_key(STRIPE_KEY, "sk_test_rolled");
    app.stripe.fault(no_answer());
    assert!(connect(&app, "sk_test_rolled", false).await.is_err());
    app.stripe.fault(no_answer());
    let vouched = connect(&app, "sk_test_rolled", true).await.unwrap();
    assert_eq!(vouched, path);
    assert_eq!(app.stripe.clear_faults(), 0);
}

async fn a_key_that_stripe_does_not_know_is_not_saved(app: TestApp) {
    let said = refused(&app, "sk_test_invalid1", false).await;
    assert!(
        said.starts_with("--secret-key: Stripe does not know"),
        "{said}"
    );
    let path = connect(&app, STRIPE_KEY, false).await.unwrap();
    let said = refused(&app, "sk_test_invalid1", true).await;
    assert!(said.starts_with("--secret-key: "), "{said}");
    assert_eq!(connect(&app, STRIPE_KEY, false).await.unwrap(), path);
}

async fn a_key_of_another_account_is_no_new_key_of_this_one(app: TestApp) {
    connect(&app, STRIPE_KEY, false).await.unwrap();
    let said = refused(&app, "sk_test_another", true).await;
    assert!(said.starts_with("--same-account: "), "{said}");
    assert!(said.contains("belongs to another account"), "{said}");
    assert_eq!(accounts(&app).await.len(), 1);
}

async fn an_account_whose_secrets_are_lost_keeps_its_address(mut app: TestApp) {
    let referred = app.referred().await;
    let another = "another secret, 32 characters long";
    app.state.sealer = Sealer::new(another, Random::system()).unwrap();
    let keys = StripeKeys {
        secret_key: STRIPE_KEY,
        ..StripeKeys::default()
    };
    let connected = operator::connect_stripe(&app.state, "detroit-arms", &keys).await;
    let connected = connected.unwrap();
    assert_eq!(connected.path, referred.webhook);
    assert_eq!(connected.webhook_secrets, 0, "those are lost");
    assert_eq!(accounts(&app).await.len(), 1);
}

async fn keys_are_checked_alike_on_the_command_line(app: TestApp) {
    for key in [
        "sk_foo",
        "sk_",
        "sk_test_",
        "sk_test_abc def",
        "sk_test_\nabc",
        "pk_test_1",
        "whsec_12345678",
        "sk_live_1",
        "",
    ] {
        let said = refused(&app, key, false).await;
        assert!(said.starts_with("--secret-key: "), "{key:?}: {said}");
    }
    assert!(accounts(&app).await.is_empty());
    connect(&app, STRIPE_KEY, false).await.unwrap();
    let mut app = app;
    take_real_payments(&mut app);
    let said = refused(&app, "sk_live_detroit", true).await;
    assert!(said.starts_with("--same-account: "), "{said}");
    let [account] = &accounts(&app).await[..] else {
        panic!("not one account");
    };
    assert!(!account.livemode);
}
