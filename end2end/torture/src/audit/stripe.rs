//! Stripe's side: credits, sessions, balance transactions and undelivered events.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    baseline::Baseline,
    facts::PostedCredit,
    overcharges::{BalanceTransaction, Session},
    spending::{REFUNDED, RETURNED, SPENT},
};
use crate::{demo::is_live, workload::TestContext};

/// The credits that were posted since the baseline.
pub fn posted_credits(context: &TestContext, baseline: &Baseline) -> Vec<PostedCredit> {
    let mut all = posted(context);
    all.retain(|credit| !baseline.transactions.contains(&credit.id));
    all.retain(|credit| !is_of_a_purchase(&credit.ledger_key));
    all
}

/// The debits and returns that were posted.
pub fn debits_and_returns(context: &TestContext) -> Vec<PostedCredit> {
    let mut all = posted(context);
    all.retain(|posted| is_of_a_purchase(&posted.ledger_key));
    all
}

/// Every balance transaction that the product posted.
fn posted(context: &TestContext) -> Vec<PostedCredit> {
    let mut all = Vec::new();
    for secret_key in context.accounts() {
        let objects = context.stripe.objects(&secret_key, None);
        let transactions = objects["balance_transactions"].as_array();
        let live = is_live(&secret_key);
        let read = |transaction| posted_credit(context, transaction, &objects["customers"], live);
        all.extend(transactions.into_iter().flatten().filter_map(read));
    }
    all
}

fn is_of_a_purchase(ledger_key: &str) -> bool {
    [SPENT, RETURNED, REFUNDED]
        .iter()
        .any(|kind| ledger_key.starts_with(kind))
}

/// Customers who owe something: a debit took more than there was, and nothing was given back.
pub fn debts(context: &TestContext) -> Vec<String> {
    let mut all = Vec::new();
    for account in context.accounts() {
        let objects = context.stripe.objects(&account, None);
        let customers = objects["customers"].as_array().into_iter().flatten();
        let owing = customers.filter(|one| one["balance"].as_i64().is_some_and(|cents| cents > 0));
        all.extend(owing.map(|one| format!("{} owes {} cents", one["id"], one["balance"])));
    }
    all
}

/// The Checkout sessions that were created since the baseline, oldest first in each account.
pub fn sessions(context: &TestContext, baseline: &Baseline) -> Vec<Session> {
    let mut all = Vec::new();
    for account in context.accounts() {
        let objects = context.stripe.objects(&account, None);
        let sessions = objects["sessions"].as_array().into_iter().flatten();
        all.extend(sessions.filter_map(|session| {
            Some(Session {
                id: session["id"].as_str()?.to_owned(),
                account: account.clone(),
                email: email_of(&session["customer"], &objects["customers"]),
                created: session["created"].as_i64()?,
                total: session["amount_total"].as_i64()?,
                discount: session["total_details"]["amount_discount"]
                    .as_i64()
                    .unwrap_or_default(),
                open: session["status"] == "open",
                complete: session["status"] == "complete",
                paid: session["payment_status"] == "paid",
                subscription: session["mode"] == "subscription",
            })
        }));
    }
    all.retain(|session| !baseline.sessions.contains(&session.id));
    all
}

pub fn balance_transactions(context: &TestContext) -> Vec<BalanceTransaction> {
    let mut all = Vec::new();
    for account in context.accounts() {
        let objects = context.stripe.objects(&account, None);
        let transactions = objects["balance_transactions"].as_array();
        all.extend(
            transactions
                .into_iter()
                .flatten()
                .filter_map(|transaction| {
                    Some(BalanceTransaction {
                        account: account.clone(),
                        email: email_of(&transaction["customer"], &objects["customers"]),
                        created: transaction["created"].as_i64()?,
                        cents: transaction["amount"].as_i64()?,
                        session: transaction["checkout_session"].as_str().map(str::to_owned),
                    })
                }),
        );
    }
    all
}

fn email_of(id: &Value, customers: &Value) -> String {
    let mut customers = customers.as_array().into_iter().flatten();
    let customer = customers.find(|customer| customer["id"] == *id);
    let email = customer.and_then(|customer| customer["email"].as_str());
    email.unwrap_or_default().to_owned()
}

/// `None` if it is of another type, for example the payment of a subscription.
fn posted_credit(
    context: &TestContext,
    transaction: &Value,
    customers: &Value,
    live: bool,
) -> Option<PostedCredit> {
    if transaction["type"] != "adjustment" {
        return None;
    }
    let created = transaction["created"].as_i64()?;
    Some(PostedCredit {
        customer_id: transaction["customer"].as_str()?.to_owned(),
        created,
        email: email_of(&transaction["customer"], customers),
        id: transaction["id"].as_str()?.to_owned(),
        ledger_key: transaction["metadata"]["ledger_key"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        cents: transaction["amount"].as_i64()?,
        live,
        is_lost: context.log.is_lost(created),
    })
}

/// Events that no process has accepted, without those in `unmatched`.
pub fn undelivered(context: &TestContext, unmatched: &HashSet<String>) -> Vec<String> {
    let accounts = context.accounts();
    let deliveries = accounts
        .iter()
        .flat_map(|key| context.stripe.deliveries(key));
    // The endpoint of a clone may still be registered; it accepts nothing.
    let sites = context.sites();
    let is_ours = |url: &str| sites.iter().any(|site| site.webhook_url == url);
    let pending = deliveries.filter(|delivery| {
        !delivery.done && is_ours(&delivery.url) && !unmatched.contains(&delivery.event)
    });
    pending
        .map(|delivery| {
            format!(
                "{} was never accepted: {:?}",
                delivery.event, delivery.statuses
            )
        })
        .collect()
}
