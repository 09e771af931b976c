//! Stripe's side: the entries on balances, and the events that nobody took.

use serde_json::Value;

use super::{ledger::Start, verdict::Entry};
use crate::people::World;

/// Entries that were made since the trial began.
pub fn entries(world: &World, from: &Start) -> Vec<Entry> {
    let mut all = Vec::new();
    for secret_key in world.demo.accounts() {
        let books = world.stripe.books(&secret_key, None);
        let listed = books["balance_transactions"].as_array();
        let read = |one| entry(one, &books["customers"]);
        all.extend(listed.into_iter().flatten().filter_map(read));
    }
    all.retain(|entry| !from.entries.contains(&entry.id));
    all
}

/// Ids of the entries that are there already.
pub fn ids(world_entries: &Value) -> Vec<String> {
    let listed = world_entries.as_array().into_iter().flatten();
    listed
        .filter_map(|entry| Some(entry["id"].as_str()?.to_owned()))
        .collect()
}

/// `None` for what a subscription spent: no credit of ours.
fn entry(entry: &Value, customers: &Value) -> Option<Entry> {
    if entry["type"] != "adjustment" {
        return None;
    }
    let mut customers = customers.as_array().into_iter().flatten();
    let customer = customers.find(|customer| customer["id"] == entry["customer"]);
    let email = customer.and_then(|customer| customer["email"].as_str());
    Some(Entry {
        email: email.unwrap_or_default().to_owned(),
        id: entry["id"].as_str()?.to_owned(),
        ledger_key: entry["metadata"]["ledger_key"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        cents: entry["amount"].as_i64()?,
    })
}

/// Events that no process has taken.
pub fn undelivered(world: &World) -> Vec<String> {
    let accounts = world.demo.accounts();
    let deliveries = accounts.iter().flat_map(|key| world.stripe.deliveries(key));
    let waiting = deliveries.filter(|delivery| !delivery.done);
    waiting
        .map(|delivery| {
            format!(
                "{} was never taken: {:?}",
                delivery.event, delivery.statuses
            )
        })
        .collect()
}
