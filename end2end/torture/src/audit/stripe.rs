//! Stripe's side: the entries on balances, and the events that nobody took.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    baseline::Start,
    facts::Entry,
    overcharges::{Movement, Session},
};
use crate::{demo::is_live, workload::World};

/// Entries that were made since the trial began.
pub fn entries(world: &World, from: &Start) -> Vec<Entry> {
    let mut all = Vec::new();
    for secret_key in world.accounts() {
        let books = world.stripe.objects(&secret_key, None);
        let listed = books["balance_transactions"].as_array();
        let live = is_live(&secret_key);
        let read = |one| entry(world, one, &books["customers"], live);
        all.extend(listed.into_iter().flatten().filter_map(read));
    }
    all.retain(|entry| !from.entries.contains(&entry.id));
    all
}

/// Checkout sessions that were made since the trial began, oldest first in each account.
pub fn sessions(world: &World, from: &Start) -> Vec<Session> {
    let mut all = Vec::new();
    for account in world.accounts() {
        let books = world.stripe.objects(&account, None);
        let listed = books["sessions"].as_array().into_iter().flatten();
        all.extend(listed.filter_map(|session| {
            Some(Session {
                id: session["id"].as_str()?.to_owned(),
                account: account.clone(),
                email: email_of(&session["customer"], &books["customers"]),
                created: session["created"].as_i64()?,
                total: session["amount_total"].as_i64()?,
                complete: session["status"] == "complete",
                paid: session["payment_status"] == "paid",
                subscription: session["mode"] == "subscription",
            })
        }));
    }
    all.retain(|session| !from.sessions.contains(&session.id));
    all
}

/// Every entry on every balance.
pub fn movements(world: &World) -> Vec<Movement> {
    let mut all = Vec::new();
    for account in world.accounts() {
        let books = world.stripe.objects(&account, None);
        let listed = books["balance_transactions"].as_array();
        all.extend(listed.into_iter().flatten().filter_map(|entry| {
            Some(Movement {
                account: account.clone(),
                email: email_of(&entry["customer"], &books["customers"]),
                created: entry["created"].as_i64()?,
                cents: entry["amount"].as_i64()?,
                session: entry["checkout_session"].as_str().map(str::to_owned),
            })
        }));
    }
    all
}

fn email_of(customer: &Value, customers: &Value) -> String {
    let mut customers = customers.as_array().into_iter().flatten();
    let customer = customers.find(|one| one["id"] == *customer);
    let email = customer.and_then(|customer| customer["email"].as_str());
    email.unwrap_or_default().to_owned()
}

/// `None` for what a subscription spent: no credit of ours.
fn entry(world: &World, entry: &Value, customers: &Value, live: bool) -> Option<Entry> {
    if entry["type"] != "adjustment" {
        return None;
    }
    Some(Entry {
        email: email_of(&entry["customer"], customers),
        id: entry["id"].as_str()?.to_owned(),
        ledger_key: entry["metadata"]["ledger_key"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        cents: entry["amount"].as_i64()?,
        live,
        is_gone: world.diary.is_gone(entry["created"].as_i64()?),
    })
}

/// Events that no process has taken, nor keeps among those in `listed`.
pub fn undelivered(world: &World, listed: &HashSet<String>) -> Vec<String> {
    let accounts = world.accounts();
    let deliveries = accounts.iter().flat_map(|key| world.stripe.deliveries(key));
    // A clone's endpoint may be left, and takes nothing.
    let sites = world.sites();
    let is_ours = |url: &str| sites.iter().any(|site| site.webhook_url == url);
    let waiting = deliveries.filter(|delivery| {
        !delivery.done && is_ours(&delivery.url) && !listed.contains(&delivery.event)
    });
    waiting
        .map(|delivery| {
            format!(
                "{} was never taken: {:?}",
                delivery.event, delivery.statuses
            )
        })
        .collect()
}
