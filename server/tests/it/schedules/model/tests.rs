//! Tests of the model itself.

use super::*;

const MIA: i64 = 1;
const JANE: i64 = 2;
const JORDAN: i64 = 3;

fn paid(purchase: i64) -> Event {
    Event::ApiResponse {
        purchase,
        sale: Sale::Product {
            buyer: JANE,
            cents: 4500,
        },
        payment: Payment::Arrived,
    }
}

fn subscribed(purchase: i64, platform_referrer: Option<i64>, own: bool) -> Event {
    Event::ApiResponse {
        purchase,
        sale: Sale::Subscription {
            platform_referrer,
            own,
            cents: 125_000,
        },
        payment: Payment::Arrived,
    }
}

fn amount(program: Program, cents: i64) -> Event {
    Event::AmountSet { program, cents }
}

fn stripe(program: Program, connected: bool) -> Event {
    Event::StripeSet { program, connected }
}

/// A model in which Mia referred Jane, and then these events happened.
fn after(events: impl IntoIterator<Item = Event>) -> Model {
    let mut model = Model::new(1000, 5000);
    model.happen(Event::Registered {
        member: JANE,
        through: Some(MIA),
        same_person: false,
    });
    for event in events {
        model.happen(event);
    }
    model
}

fn jane(model: &Model) -> (ReferralStatus, Option<i64>) {
    let promise = &model.referrals(Program::Tenant)[&JANE];
    (promise.status, promise.cents)
}

#[test]
fn a_friend_who_buys_earns_one_credit() {
    assert_eq!(jane(&after([])), (ReferralStatus::Pending, None));
    assert_eq!(jane(&after([paid(1)])), (ReferralStatus::Pending, None));
    let process = |purchase| Event::Processed { purchase };
    let model = after([
        paid(1),
        paid(1),
        process(1),
        process(1),
        paid(2),
        process(2),
    ]);
    assert_eq!(jane(&model), (ReferralStatus::Credited, Some(1000)));
    assert_eq!(model.credits(Program::Tenant, MIA), [1000]);
    assert_eq!(model.notifications(MIA), [1000]);
    assert_eq!(model.balance(Program::Tenant, MIA), -1000);
    assert_eq!(model.balance(Program::Platform, MIA), 0);
}

#[test]
fn what_is_not_paid_earns_nothing() {
    for (cents, payment) in [
        (4500, Payment::OnItsWay),
        (4500, Payment::Refused),
        (4500, Payment::Expired),
        (0, Payment::Arrived),
    ] {
        let model = after([
            Event::ApiResponse {
                purchase: 1,
                sale: Sale::Product { buyer: JANE, cents },
                payment,
            },
            Event::Processed { purchase: 1 },
        ]);
        let nothing = (ReferralStatus::Pending, None);
        assert_eq!(jane(&model), nothing, "{cents} {payment:?}");
    }
}

#[test]
fn the_amount_is_the_one_at_processing() {
    let program = Program::Tenant;
    let model = after([
        paid(1),
        amount(program, 2500),
        Event::Processed { purchase: 1 },
        amount(program, 9900),
    ]);
    assert_eq!(jane(&model), (ReferralStatus::Credited, Some(2500)));
}

#[test]
fn while_the_program_is_off_a_referral_waits_for_another_purchase() {
    let program = Program::Tenant;
    let mut model = after([
        amount(program, 0),
        paid(1),
        Event::Processed { purchase: 1 },
        amount(program, 700),
        Event::Processed { purchase: 1 },
    ]);
    assert_eq!(jane(&model), (ReferralStatus::Pending, None));
    model.happen(paid(2));
    model.happen(Event::Processed { purchase: 2 });
    assert_eq!(jane(&model), (ReferralStatus::Credited, Some(700)));
}

#[test]
fn without_stripe_it_fails_until_it_is_connected() {
    let program = Program::Tenant;
    let mut model = after([
        stripe(program, false),
        paid(1),
        Event::Processed { purchase: 1 },
        Event::Retried { program },
    ]);
    assert_eq!(jane(&model), (ReferralStatus::Failed, Some(1000)));
    assert!(model.notifications(MIA).is_empty());
    model.happen(amount(program, 9900));
    model.happen(stripe(program, true));
    assert_eq!(jane(&model), (ReferralStatus::Credited, Some(1000)));
}

#[test]
fn nobody_refers_themselves() {
    let mut model = after([]);
    model.happen(Event::Registered {
        member: 9,
        through: Some(MIA),
        same_person: true,
    });
    assert_eq!(model.referrals(Program::Tenant).len(), 1);
    model.happen(subscribed(1, Some(JORDAN), true));
    model.happen(Event::Processed { purchase: 1 });
    let program = Program::Platform;
    model.happen(Event::Retried { program });
    let own = &model.referrals(program)[&1];
    assert_eq!(
        (own.status, own.reason.as_ref(), own.cents),
        (
            ReferralStatus::Failed,
            Some(&FailureReason::SelfReferral),
            None
        )
    );
}

#[test]
fn each_subscription_of_a_partner_earns_a_credit() {
    let mut model = after([]);
    for purchase in [1, 2] {
        model.happen(subscribed(purchase, Some(JORDAN), false));
        model.happen(Event::Processed { purchase });
        model.happen(amount(Program::Platform, 7500));
    }
    model.happen(subscribed(3, None, false));
    model.happen(Event::Processed { purchase: 3 });
    assert_eq!(model.referrals(Program::Platform).len(), 2);
    assert_eq!(model.credits(Program::Platform, JORDAN), [5000, 7500]);
    assert_eq!(model.balance(Program::Platform, JORDAN), -12_500);
    assert!(model.notifications(JORDAN).is_empty());
}

#[test]
fn one_program_does_not_touch_the_other() {
    let model = after([
        amount(Program::Platform, 0),
        stripe(Program::Platform, false),
        paid(1),
        Event::Processed { purchase: 1 },
    ]);
    assert_eq!(jane(&model), (ReferralStatus::Credited, Some(1000)));
    assert!(model.is_connected(Program::Tenant));
    assert!(!model.is_connected(Program::Platform));
}
