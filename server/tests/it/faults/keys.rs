//! The secret key under which a credit was begun no longer works: it was rolled at Stripe and a new
//! one connected, or it is sealed under another `APP_SECRET`. The credit continues with the key
//! that is connected now, and is issued once.

use std::time::Duration;

use domain::{
    credit::Program,
    purchase::ProductKind,
    referral::{FailureReason, ReferralStatus},
};
use serde_json::json;
use server_core::{random::Random, sealing::Sealer};
use services::{
    operator,
    purchases::checkout::{Begun, Buyer, NoCheckout, Order, begin},
};
use stripe_stand_in::FaultKind;
use tokio::task::yield_now;

use super::{Call, owed::Owed, trouble::A_DAY_AND_MORE};
use crate::support::{TestApp, on_both_databases};

mod tenant {
    super::of_a_program!(domain::credit::Program::Tenant);
}

mod platform {
    super::of_a_program!(domain::credit::Program::Platform);
}

on_both_databases!(without_its_secrets_a_site_sells_at_the_counter);

/// The next secret key of the account of [`Owed`].
const NEW: &str = "sk_test_next";
const A_MINUTE: Duration = Duration::from_secs(60);

/// Begins a credit under the first key. Stripe answers its balance transaction as `kind` says.
async fn begun(app: &TestApp, program: Program, kind: FaultKind) -> Owed {
    let owed = Owed::of(app, program).await;
    app.stripe.fault(Call::PostBalance.fault(kind));
    owed.sell(app).await;
    // With so short a timeout, a busy machine may be too slow for the earlier calls.
    while number_of(app, Call::PostBalance) == 0 {
        assert_eq!(app.credits().await[0].state.code(), "due");
        app.advance(A_MINUTE);
        app.issue().await;
    }
    assert_eq!(app.stripe.clear_faults(), 0, "it struck");
    owed
}

/// How many such calls Stripe has received.
fn number_of(app: &TestApp, call: Call) -> usize {
    let received = app.stripe.requests();
    received.iter().filter(|one| call.is(one)).count()
}

/// How an admin connects the new key.
#[derive(Clone, Copy)]
enum Given {
    /// As a key of the same account.
    ForTheAccount,
    /// As if it were another account's key.
    Anew,
}

async fn roll(app: &TestApp, owed: &Owed, program: Program, given: Given) {
    app.stripe.roll_key(owed.secret_key(), NEW);
    match given {
        Given::ForTheAccount => app.rotate(program, NEW).await,
        Given::Anew => owed.connect(app, NEW).await,
    }
}

async fn given_without_an_answer(app: TestApp, program: Program) {
    goes_on(app, program, FaultKind::DropAfter, Given::Anew).await;
}

async fn given_without_an_answer_under_the_same_account(app: TestApp, program: Program) {
    goes_on(app, program, FaultKind::DropAfter, Given::ForTheAccount).await;
}

async fn not_given(app: TestApp, program: Program) {
    goes_on(app, program, FaultKind::DropBefore, Given::Anew).await;
}

async fn not_given_under_the_same_account(app: TestApp, program: Program) {
    goes_on(app, program, FaultKind::DropBefore, Given::ForTheAccount).await;
}

async fn goes_on(app: TestApp, program: Program, kind: FaultKind, given: Given) {
    let owed = begun(&app, program, kind).await;
    roll(&app, &owed, program, given).await;
    app.settle().await;
    owed.assert_credited_once(&app).await;
}

async fn under_way_as_it_is_connected_anew(app: TestApp, program: Program) {
    comes_to_its_end(app, program, Given::Anew).await;
}

async fn under_way_as_the_account_gets_it(app: TestApp, program: Program) {
    comes_to_its_end(app, program, Given::ForTheAccount).await;
}

/// Stripe issues the credit only after the key was rolled and the next attempt was due.
async fn comes_to_its_end(mut app: TestApp, program: Program, given: Given) {
    app.shorten_patience();
    let owed = begun(&app, program, FaultKind::Hang).await;
    roll(&app, &owed, program, given).await;
    app.advance(A_MINUTE);
    app.issue().await;
    let asked = (
        number_of(&app, Call::FindBalance),
        number_of(&app, Call::PostBalance),
    );
    assert_eq!(asked, (1, 1), "before the first post alone; now it waits");
    app.stripe.release_hung();
    app.stripe.wait_until_requests_finish().await.unwrap();
    app.settle().await;
    owed.assert_credited_once(&app).await;
}

/// The new key is connected only after the credit was given up.
async fn given_up_before(app: TestApp, program: Program) {
    let owed = begun(&app, program, FaultKind::DropAfter).await;
    app.stripe.roll_key(owed.secret_key(), NEW);
    app.settle().await;
    let expired = Some(FailureReason::KeyNeedsAttention);
    let failed = (ReferralStatus::Failed, expired, None);
    assert_eq!(owed.referral(&app).await, failed);
    owed.connect(&app, NEW).await;
    app.settle().await;
    owed.assert_credited_once(&app).await;
}

/// The new key is used, and Stripe answers it with a fault at first.
async fn the_new_key_has_trouble(app: TestApp, program: Program) {
    let owed = begun(&app, program, FaultKind::DropBefore).await;
    app.stripe.roll_key(owed.secret_key(), NEW);
    owed.connect(&app, NEW).await;
    let trouble = Call::CustomerById.fault(FaultKind::BadGateway);
    app.stripe.fault(trouble.of_key(NEW));
    app.settle().await;
    assert_eq!(app.stripe.clear_faults(), 0, "it struck");
    owed.assert_credited_once(&app).await;
}

/// The credit may have been issued at the first account, so it is not issued at another one.
async fn another_account_is_not_asked_for_it(app: TestApp, program: Program) {
    let owed = begun(&app, program, FaultKind::DropAfter).await;
    app.stripe
        .roll_key(owed.secret_key(), "sk_test_unknown_to_us");
    owed.connect(&app, NEW).await;
    app.settle().await;
    let expired = Some(FailureReason::KeyNeedsAttention);
    let failed = (ReferralStatus::Failed, expired, None);
    assert_eq!(owed.referral(&app).await, failed);
    let there = app.stripe.objects(NEW, None)["balance_transactions"].clone();
    assert_eq!(there, json!([]));
}

/// An admin gives a key of another account as one of the same account: Stripe reveals the mistake,
/// and nothing changes.
async fn the_key_of_another_account_is_given_by_mistake(app: TestApp, program: Program) {
    let owed = begun(&app, program, FaultKind::DropAfter).await;
    let said = app.try_to_rotate(program, NEW).await.unwrap_err();
    assert!(
        said.to_string().contains("belongs to another account"),
        "{said}"
    );
    app.settle().await;
    owed.assert_credited_once(&app).await;
    let there = app.stripe.objects(NEW, None)["balance_transactions"].clone();
    assert_eq!(there, json!([]));
}

/// Stripe creates the customer of the first credit only after the key was rolled and another
/// customer was created under the new key, for a membership, say. The other customer stays, and
/// gets the credit.
async fn a_customer_is_made_as_it_is_rolled(app: TestApp, program: Program) {
    let owed = Owed::of(&app, program).await;
    app.stripe
        .fault(Call::CreateCustomer.fault(FaultKind::Hang));
    let meanwhile = async {
        while number_of(&app, Call::CreateCustomer) == 0 {
            yield_now().await;
        }
        roll(&app, &owed, program, Given::ForTheAccount).await;
        let stays = owed.customer(&app).await;
        app.stripe.release_hung();
        stays
    };
    let ((), stays) = tokio::join!(owed.sell(&app), meanwhile);
    app.settle().await;
    assert_eq!(owed.customer(&app).await, stays);
    let entries = owed.entries(&app);
    let [entry] = &entries[..] else {
        panic!("not one entry: {entries:?}");
    };
    assert_eq!(entry["customer"], stays.as_str());
    assert_eq!(owed.listed(&app, "customers").len(), 2, "both were made");
}

async fn sealed_under_another_app_secret(mut app: TestApp, program: Program) {
    let owed = begun(&app, program, FaultKind::DropAfter).await;
    app.stripe.roll_key(owed.secret_key(), NEW);
    change_app_secret(&mut app);
    owed.connect(&app, NEW).await;
    app.advance(A_DAY_AND_MORE);
    app.settle().await;
    owed.assert_credited_once(&app).await;
}

/// Nobody connects Stripe again: the right `APP_SECRET` comes back.
async fn the_app_secret_comes_back(mut app: TestApp, program: Program) {
    let owed = Owed::of(&app, program).await;
    let right = app.state.sealer.clone();
    change_app_secret(&mut app);
    owed.sell(&app).await;
    assert_eq!(app.credits().await[0].attempts, 1, "it waits");
    app.state.sealer = right;
    app.settle().await;
    owed.assert_credited_once(&app).await;
}

fn change_app_secret(app: &mut TestApp) {
    let another = "another secret, 32 characters long";
    app.state.sealer = Sealer::new(another, Random::system()).unwrap();
}

async fn without_its_secrets_a_site_sells_at_the_counter(mut app: TestApp) {
    let Owed::Member(referred) = Owed::of(&app, Program::Tenant).await else {
        panic!("a member");
    };
    let membership = app
        .product(&app.detroit, ProductKind::Membership, "member", 3900)
        .await;
    let site = app.site().await;
    change_app_secret(&mut app);
    let buyer = Buyer {
        site: &site,
        user: &referred.jane,
        base_url: "http://localhost",
    };
    let order = Order {
        product: &membership,
        another: false,
        credit: None,
        form_token: None,
        return_url: None,
    };
    let begun = begin(&app.state, &buyer, order).await.unwrap();
    assert!(matches!(begun, Begun::Refused(NoCheckout::NotConnected)));
    operator::disconnect_stripe(&app.state, &site.row.key)
        .await
        .unwrap();
    assert_eq!(app.site().await.row.stripe_account_id, None);
}

/// A test of each of these stories on each database.
macro_rules! of_a_program {
    ($program:expr) => {
        $crate::faults::keys::of_a_program!(
            $program;
            given_without_an_answer,
            given_without_an_answer_under_the_same_account,
            not_given,
            not_given_under_the_same_account,
            under_way_as_it_is_connected_anew,
            under_way_as_the_account_gets_it,
            given_up_before,
            the_new_key_has_trouble,
            another_account_is_not_asked_for_it,
            the_key_of_another_account_is_given_by_mistake,
            a_customer_is_made_as_it_is_rolled,
            sealed_under_another_app_secret,
            the_app_secret_comes_back
        );
    };
    ($program:expr; $($story:ident),*) => {
        $(
            async fn $story(app: $crate::support::TestApp) {
                $crate::faults::keys::$story(app, $program).await;
            }
        )*
        $crate::support::on_both_databases!($($story),*);
    };
}

use of_a_program;
