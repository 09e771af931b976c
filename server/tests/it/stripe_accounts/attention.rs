//! Credits that failed because of the Stripe connection resume by themselves once it works.

use std::time::Duration;

use domain::{
    credit::{CreditState, Program},
    money::Currency,
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{ConnectionTrait, EntityTrait, Set};
use services::jobs::sweep;
use store::entities::credit;
use stripe_stand_in::{Fault, FaultKind};

use super::disconnect;
use crate::{
    faults::owed::Owed,
    support::{TestApp, moment},
};

mod tenant {
    super::of_a_program!(domain::credit::Program::Tenant);
}

mod platform {
    super::of_a_program!(domain::credit::Program::Platform);
}

const A_WHILE: Duration = Duration::from_secs(6 * 60);

fn at_posting(kind: FaultKind) -> Fault {
    Fault::next(kind)
        .on("POST", "/v1/customers/")
        .ending("balance_transactions")
}

async fn assert_failed(app: &TestApp, owed: &Owed, reason: FailureReason) {
    let failed = (ReferralStatus::Failed, Some(reason), None);
    assert_eq!(owed.referral(app).await, failed);
    assert_eq!(app.credits().await[0].state.code(), "failed");
}

/// Stripe answers 401: the key was rolled at Stripe.
async fn a_rolled_key_that_is_saved_goes_on(app: TestApp, program: Program) {
    let owed = Owed::of(&app, program).await;
    app.stripe.roll_key(owed.secret_key(), "sk_test_rolled");
    owed.sell(&app).await;
    assert_failed(&app, &owed, FailureReason::KeyNeedsAttention).await;
    owed.connect(&app, "sk_test_rolled").await;
    assert_eq!(
        app.credits().await[0].state.code(),
        "due",
        "without a retry"
    );
    app.settle().await;
    owed.assert_credited_once(&app).await;
}

/// Stripe answers 403: the key may not post. Then somebody allows it at Stripe, and nobody tells
/// us.
async fn a_key_that_is_allowed_at_stripe_goes_on(app: TestApp, program: Program) {
    let owed = Owed::of(&app, program).await;
    app.stripe.fault(at_posting(FaultKind::Forbidden));
    app.stripe.fault(at_posting(FaultKind::Forbidden));
    owed.sell(&app).await;
    assert_failed(&app, &owed, FailureReason::KeyNeedsAttention).await;
    sweep::round(&app.state).await.unwrap();
    assert_eq!(app.credits().await[0].state.code(), "failed", "not at once");
    app.advance(A_WHILE);
    sweep::round(&app.state).await.unwrap();
    app.settle().await;
    assert_failed(&app, &owed, FailureReason::KeyNeedsAttention).await;
    app.advance(A_WHILE);
    sweep::round(&app.state).await.unwrap();
    app.settle().await;
    assert_eq!(app.stripe.clear_faults(), 0);
    owed.assert_credited_once(&app).await;
}

/// The first answer is lost, then the key is revoked: the credit that was issued is found, not
/// issued again.
async fn what_was_given_before_the_key_was_revoked_is_found(app: TestApp, program: Program) {
    let owed = Owed::of(&app, program).await;
    app.stripe.fault(at_posting(FaultKind::DropAfter));
    owed.sell(&app).await;
    app.stripe.roll_key(owed.secret_key(), "sk_test_rolled");
    app.settle().await;
    assert_failed(&app, &owed, FailureReason::KeyNeedsAttention).await;
    owed.connect(&app, "sk_test_rolled").await;
    app.settle().await;
    owed.assert_credited_once(&app).await;
}

async fn a_site_that_connects_later_goes_on(app: TestApp, program: Program) {
    let owed = Owed::of(&app, program).await;
    disconnect(&app, program).await;
    owed.sell(&app).await;
    assert_failed(&app, &owed, FailureReason::StripeNotConnected).await;
    sweep::round(&app.state).await.unwrap();
    assert_eq!(app.credits().await[0].state.code(), "failed");
    owed.connect(&app, owed.secret_key()).await;
    app.settle().await;
    owed.assert_credited_once(&app).await;
}

/// Sites that never connected Stripe have more failed credits than one sweep reads, and one row is
/// of a program that this version does not know.
async fn many_that_cannot_go_on_keep_nobody_waiting(app: TestApp, program: Program) {
    const MANY: i64 = 1_002;
    let owed = Owed::of(&app, program).await;
    app.stripe.roll_key(owed.secret_key(), "sk_test_rolled");
    owed.sell(&app).await;
    assert_failed(&app, &owed, FailureReason::KeyNeedsAttention).await;
    let rows = (0..MANY).map(|number| credit::ActiveModel {
        site_id: Set(app.coaching.id()),
        program: Set(Program::Tenant.into()),
        amount_cents: Set(-1000),
        currency: Set(Currency::Usd.into()),
        idempotency_key: Set(format!("coaching-{number}")),
        state: Set(CreditState::Failed.into()),
        failure_reason: Set(Some(FailureReason::StripeNotConnected.into())),
        attempts: Set(1),
        key_generation: Set(1),
        key_replays_error: Set(false),
        next_attempt_at: Set(moment(0)),
        created_at: Set(moment(1)),
        failed_at: Set(Some(moment(1))),
        ..Default::default()
    });
    let insert = credit::Entity::insert_many(rows);
    let db = app.state.db.writer();
    insert.exec(db).await.unwrap();
    let unknown = "UPDATE credits SET program = 'lottery' WHERE idempotency_key = 'coaching-0'";
    db.execute_unprepared(unknown).await.unwrap();
    owed.connect(&app, "sk_test_rolled").await;
    // Gone, so that the ledger can be read below.
    let gone = "DELETE FROM credits WHERE program = 'lottery'";
    db.execute_unprepared(gone).await.unwrap();
    let due = app.credits().await.into_iter();
    assert_eq!(
        due.filter(|credit| credit.state == CreditState::Due)
            .count(),
        1
    );
    app.settle().await;
    let given = app.stripe.objects(owed.secret_key(), None);
    let given = given["balance_transactions"].as_array().unwrap();
    assert_eq!(given.len(), 1, "{given:?}");
}

/// A test of each of these stories on each database.
macro_rules! of_a_program {
    ($program:expr) => {
        $crate::stripe_accounts::attention::of_a_program!(
            $program;
            a_rolled_key_that_is_saved_goes_on,
            a_key_that_is_allowed_at_stripe_goes_on,
            what_was_given_before_the_key_was_revoked_is_found,
            a_site_that_connects_later_goes_on,
            many_that_cannot_go_on_keep_nobody_waiting
        );
    };
    ($program:expr; $($story:ident),*) => {
        $(
            async fn $story(app: $crate::support::TestApp) {
                $crate::stripe_accounts::attention::$story(app, $program).await;
            }
        )*
        $crate::support::on_both_databases!($($story),*);
    };
}

use of_a_program;
