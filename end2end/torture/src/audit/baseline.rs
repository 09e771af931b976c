//! What was there when the trial began.

use std::collections::HashSet;

use serde_json::Value;
use stripe_stand_in::StandIn;

use crate::{
    database::Look,
    demo::{Demo, accounts},
};

/// What was there before the trial: the demo's own stories.
#[derive(Default)]
pub struct Start {
    /// The last row of the ledger.
    pub credit_id: i64,
    /// Stripe's ids of balance entries.
    pub entries: HashSet<String>,
    /// Stripe's ids of Checkout sessions.
    pub sessions: HashSet<String>,
}

/// Remembers what is there.
pub async fn start(look: &Look, stripe: &StandIn, demo: &Demo) -> anyhow::Result<Start> {
    let accounts = accounts(&demo.sites);
    let listed = |what: &'static str| {
        accounts
            .iter()
            .flat_map(move |key| ids(&stripe.objects(key, None)[what]))
            .collect()
    };
    Ok(Start {
        credit_id: look
            .count("SELECT COALESCE(MAX(id), 0) FROM credits")
            .await?,
        entries: listed("balance_transactions"),
        sessions: listed("sessions"),
    })
}

/// Ids of what is there already.
fn ids(listed: &Value) -> Vec<String> {
    let listed = listed.as_array().into_iter().flatten();
    listed
        .filter_map(|one| Some(one["id"].as_str()?.to_owned()))
        .collect()
}
