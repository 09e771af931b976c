//! Compares a page of an account's customers.

use std::collections::HashMap;

use domain::{
    credit::StripeError,
    money::{Currency, Money},
};
use store::{
    credits::{self, BookedBalance},
    reconciliations,
    stripe_customers::{self, HolderId},
};
use stripe_gateway::Customer;

use super::{LEASE, Run, Trouble, customer};

/// Stands for the place after the last page.
const ALL_READ: &str = "";
/// How many rows the ledger is said to have of a customer whose entries are to be read again.
const READ_AGAIN: i64 = -1;

/// What Stripe answers about a page after a customer that was deleted since.
const MISSING: &str = "resource_missing";

/// Whether every page was compared.
pub fn is_last(place: Option<&str>) -> bool {
    place == Some(ALL_READ)
}

/// Compares the page after `place`, and returns where the next one begins; `None` if another process has
/// the claim now.
pub async fn compare(
    run: &Run<'_>,
    place: Option<&str>,
) -> Result<Option<Option<String>>, Trouble> {
    let (engine, id) = (run.engine, run.row.id);
    let page = match run.connection.gateway.customers_page(place).await {
        Ok(page) => page,
        Err(StripeError::Refused(code)) if code == MISSING && place.is_some() => {
            let tx = engine.db.begin().await?;
            let is_ours = reconciliations::restart(&tx, id, run.token).await?;
            tx.commit().await?;
            return Ok(is_ours.then_some(None));
        }
        Err(error) => return Err(error.into()),
    };
    let db = engine.db.reader();
    let ids: Vec<_> = page.customers.iter().map(|one| one.id.clone()).collect();
    let account = run.connection.account.id;
    let holders = stripe_customers::holders_of(db, account, &ids).await?;
    let holders: HashMap<_, _> = holders
        .iter()
        .filter_map(|row| Some((row.customer_id.clone()?, HolderId::of_row(row)?)))
        .collect();
    let booked = credits::booked(db, run.scope, &run.accounts, &ids).await?;
    let before = reconciliations::entries_of(db, account, &ids).await?;
    let (mut seen, mut found) = (Vec::new(), Vec::new());
    for one in &page.customers {
        let booked = booked.iter().filter(|sum| sum.customer_id == one.id);
        let booked: Vec<_> = booked.collect();
        let holder = holders.get(&one.id).copied();
        if booked.is_empty() && holder.is_none() {
            // Not a customer of ours.
            continue;
        }
        let rows: i64 = booked.iter().map(|sum| sum.rows).sum();
        let is_known = before.get(&one.id).copied().unwrap_or(0) == rows;
        if is_known && agrees(one, &booked) {
            seen.push((one.id.clone(), rows));
            continue;
        }
        if !reconciliations::hold(engine.db.writer(), id, run.token, engine.now() + LEASE).await? {
            return Ok(None);
        }
        let read = customer::compare(run, one, holder).await?;
        let entries = if read.is_open { READ_AGAIN } else { read.rows };
        seen.push((one.id.clone(), entries));
        found.extend(read.differences);
    }
    let next = page.next.unwrap_or_else(|| ALL_READ.to_owned());
    let (tx, count) = (engine.db.begin().await?, seen.len());
    reconciliations::insert_differences(&tx, id, &found).await?;
    reconciliations::remember(&tx, account, id, seen).await?;
    let until = engine.now() + LEASE;
    let done = (Some(next.as_str()), count);
    if !reconciliations::page_done(&tx, id, run.token, done, until).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(Some(next)))
}

/// Whether the ledger says of the customer what Stripe says, in each currency.
fn agrees(customer: &Customer, booked: &[&BookedBalance]) -> bool {
    let mut currencies = Currency::ALL.into_iter();
    currencies.all(|currency| customer.credit_in(currency) == in_ledger(booked, currency))
}

/// What the ledger says of one currency.
pub fn in_ledger(booked: &[&BookedBalance], currency: Currency) -> Money {
    let sum = booked
        .iter()
        .find(|sum| sum.balance.currency() == currency)
        .map(|sum| sum.balance);
    sum.unwrap_or(Money::new(0, currency))
}
