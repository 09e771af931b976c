//! A credit that is due, with a fault at one of the calls that issue it.

use std::time::Duration;

use domain::credit::Program;
use serde_json::Value;
use stripe_stand_in::FaultKind;

use super::{
    Call, Trouble,
    owed::{KNOWN, Owed, STRANGERS},
    trouble::{A_DAY_AND_MORE, OUTAGE},
};
use crate::support::TestApp;

/// Longer than the wait before the second attempt.
const A_MINUTE: Duration = Duration::from_secs(60);

/// Sells, lets the trouble strike at the call, and waits for the end.
pub async fn is_given_once(mut app: TestApp, (program, call): (Program, Call), trouble: Trouble) {
    trouble.shorten_patience(&mut app);
    let owed = Owed::of(&app, program).await;
    prepare(&app, &owed, call, trouble).await;
    if is_sent_before(call) {
        // Stripe issues the credit, and its answer is lost.
        app.stripe
            .fault(Call::PostBalance.fault(FaultKind::DropAfter));
        owed.sell(&app).await;
        if trouble == Trouble::DeletedCustomer {
            let credit = app.credits().await.remove(0);
            owed.delete(&app, &credit.stripe_customer_id.unwrap()).await;
        }
        app.advance(match call {
            // By then Stripe has forgotten the idempotency key.
            Call::FindBalance => A_DAY_AND_MORE,
            _ => A_MINUTE,
        });
        trouble.strike(&app, call);
        app.issue().await;
    } else {
        trouble.strike(&app, call);
        owed.sell(&app).await;
    }
    trouble.pass(&app).await;
    app.settle().await;
    let unused = app.stripe.clear_faults();
    if trouble == Trouble::Outage {
        assert!((1..OUTAGE).contains(&unused), "{unused}");
        owed.assert_given_up(&app).await;
        owed.retry(&app).await;
        app.settle().await;
    } else {
        assert_eq!(unused, 0, "it struck");
    }
    app.stripe.release_hung();
    app.stripe.wait_until_requests_finish().await.unwrap();
    owed.assert_credited_once(&app).await;
    let entry = owed.entries(&app).remove(0);
    let recipient = entry["customer"].as_str().unwrap();
    match expected(call, trouble) {
        Some(customer) => assert_eq!(recipient, customer),
        None => {
            let created = |one: &Value| one["id"] == recipient && one["name"].is_string();
            assert!(
                owed.listed(&app, "customers").iter().any(created),
                "{recipient}"
            );
        }
    }
}

/// Prepares the customers that Stripe has, and the one that we remember.
async fn prepare(app: &TestApp, owed: &Owed, call: Call, trouble: Trouble) {
    if trouble == Trouble::SharedAddress && call != Call::MoreCustomers {
        owed.plant(app, owed.email(), &STRANGERS);
    }
    if call == Call::MoreCustomers {
        let ids: Vec<_> = (100..201).map(|number| format!("cus_{number}")).collect();
        let ids: Vec<_> = ids.iter().map(String::as_str).collect();
        owed.plant(app, owed.email(), &ids);
    }
    let deleted = trouble == Trouble::DeletedCustomer && !is_sent_before(call);
    if deleted || call == Call::CustomerById {
        owed.plant(app, owed.email(), &[KNOWN]);
        owed.remember(app, KNOWN).await;
    }
    if deleted {
        owed.delete(app, KNOWN).await;
    }
}

/// Whether the call is made only if something was sent before.
fn is_sent_before(call: Call) -> bool {
    matches!(call, Call::FindBalance | Call::CustomerAgain)
}

/// The customer who must get the credit; `None` for a customer that we create. Having the referrer's
/// address does not make a customer the referrer's.
fn expected(call: Call, trouble: Trouble) -> Option<&'static str> {
    match (call, trouble) {
        (_, Trouble::DeletedCustomer) => None,
        (Call::CustomerById, _) => Some(KNOWN),
        _ => None,
    }
}

/// A module of tests for each of these calls of a program.
macro_rules! each_call {
    ($program:expr; $($room:ident => $call:ident),* $(,)?) => {
        $(
            mod $room {
                $crate::faults::trouble::each_trouble!(
                    $crate::faults::credit::is_given_once,
                    ($program, $crate::faults::Call::$call)
                );
            }
        )*
    };
}

pub(crate) use each_call;
