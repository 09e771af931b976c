//! The complete list of the calls that the programs make. Stripe's search lags, so that it is asked
//! only after a list.

use std::collections::BTreeSet;

use domain::credit::Program;
use stripe_stand_in::FaultKind;

use super::{Call, owed::Owed, trouble::A_DAY_AND_MORE};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(search_is_asked_after_a_list_and_nothing_else_is_asked);

async fn search_is_asked_after_a_list_and_nothing_else_is_asked(app: TestApp) {
    let mia = Owed::of(&app, Program::Tenant).await;
    let jordan = Owed::of(&app, Program::Platform).await;
    for owed in [&mia, &jordan] {
        app.stripe
            .fault(Call::PostBalance.fault(FaultKind::DropAfter));
        owed.sell(&app).await;
        app.advance(A_DAY_AND_MORE);
        app.settle().await;
        let entries = owed.listed(&app, "balance_transactions");
        assert_eq!(entries.len(), 1, "looked for, and found");
    }
    let Owed::Member(referred) = mia else {
        panic!("a member");
    };
    let jane = app.signed_in(&referred.jane.email).await;
    let ticket = referred.ticket.id.to_string();
    jane.go("buy", &[("product_id", &ticket), ("page", "/")])
        .await;
    let requests = app.stripe.requests();
    let asked: BTreeSet<_> = requests
        .iter()
        .map(|call| (call.method.as_str(), shape(&call.path)))
        .collect();
    let expected = [
        ("GET", "v1 account"),
        ("GET", "v1 customers"),
        ("GET", "v1 customers ID"),
        ("GET", "v1 customers ID balance_transactions"),
        ("GET", "v1 customers search"),
        ("POST", "v1 checkout sessions"),
        ("POST", "v1 customers"),
        ("POST", "v1 customers ID balance_transactions"),
    ];
    let expected = expected.map(|(method, path)| (method, path.to_owned()));
    assert_eq!(asked, BTreeSet::from(expected));
    for pair in requests.windows(2) {
        if pair[1].path.ends_with("/search") {
            assert_eq!(pair[0].path, "/v1/customers");
        }
    }
}

/// The segments of a path, without the ids in them.
fn shape(path: &str) -> String {
    let words = path.split('/').filter(|word| !word.is_empty());
    let words = words.map(|word| match word.starts_with("cus_") {
        true => "ID",
        false => word,
    });
    words.collect::<Vec<_>>().join(" ")
}
