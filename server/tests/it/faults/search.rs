//! The complete list of the calls that the programs make: none of them is Stripe's Search.

use std::collections::BTreeSet;

use domain::credit::Program;
use stripe_stand_in::FaultKind;

use super::{Call, owed::Owed, trouble::A_DAY_AND_MORE};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(nothing_is_ever_searched);

async fn nothing_is_ever_searched(app: TestApp) {
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
        ("POST", "v1 checkout sessions"),
        ("POST", "v1 customers"),
        ("POST", "v1 customers ID balance_transactions"),
    ];
    let expected = expected.map(|(method, path)| (method, path.to_owned()));
    assert_eq!(asked, BTreeSet::from(expected));
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
