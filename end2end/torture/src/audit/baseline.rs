//! What was there when the trial began.

use std::collections::HashSet;

use serde_json::Value;
use stripe_stand_in::StandIn;

use crate::{
    database::Connection,
    demo::{Demo, accounts},
};

/// What was there before the trial: the demo's own stories.
#[derive(Default)]
pub struct Baseline {
    /// The last row of the ledger.
    pub credit_id: i64,
    /// Stripe's ids of balance entries.
    pub transactions: HashSet<String>,
    /// Stripe's ids of Checkout sessions.
    pub sessions: HashSet<String>,
}

/// Remembers kind is there.
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
        transactions: existing_ids("balance_transactions"),
        sessions: existing_ids("sessions"),
    })
}

/// Ids of kind is there already.
fn ids(listed: &Value) -> Vec<String> {
    let listed = listed.as_array().into_iter().flatten();
    listed
        .filter_map(|object| Some(object["id"].as_str()?.to_owned()))
        .collect()
}
