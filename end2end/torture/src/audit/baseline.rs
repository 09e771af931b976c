//! What existed before the run.

use std::collections::HashSet;

use serde_json::Value;
use stripe_stand_in::StandIn;

use crate::{
    database::Connection,
    demo::{Demo, accounts},
};

/// The objects of the demo, which the audit leaves out.
#[derive(Default)]
pub struct Baseline {
    /// The highest id in the ledger.
    pub credit_id: i64,
    /// The highest id of a purchase.
    pub purchase_id: i64,
    /// Ids of balance transactions at Stripe.
    pub transactions: HashSet<String>,
    /// Ids of Checkout sessions at Stripe.
    pub sessions: HashSet<String>,
}

/// Reads what exists now.
pub async fn take_baseline(
    connection: &Connection,
    stripe: &StandIn,
    demo: &Demo,
) -> anyhow::Result<Baseline> {
    let accounts = accounts(&demo.sites);
    let existing_ids = |kind: &'static str| {
        accounts
            .iter()
            .flat_map(move |key| ids(&stripe.objects(key, None)[kind]))
            .collect()
    };
    Ok(Baseline {
        credit_id: connection
            .count("SELECT COALESCE(MAX(id), 0) FROM credits")
            .await?,
        purchase_id: connection
            .count("SELECT COALESCE(MAX(id), 0) FROM purchases")
            .await?,
        transactions: existing_ids("balance_transactions"),
        sessions: existing_ids("sessions"),
    })
}

/// The ids of a list of objects.
fn ids(listed: &Value) -> Vec<String> {
    let listed = listed.as_array().into_iter().flatten();
    listed
        .filter_map(|object| Some(object["id"].as_str()?.to_owned()))
        .collect()
}
