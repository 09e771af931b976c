//! The end: what was bought, the ledger and Stripe's books must agree.

mod baseline;
mod comparison;
mod expected_credits;
mod facts;
mod ledger;
mod overcharges;
mod stripe;
mod unfinished;
mod unmatched;

use crate::{database::Look, workload::World};

pub use baseline::{Start, start};
pub use comparison::Findings;
use facts::Facts;
pub use unfinished::unfinished;

/// Compares everything.
///
/// # Errors
/// If the database cannot be read.
pub async fn audit(look: &Look, world: &World, from: &Start) -> anyhow::Result<Findings> {
    let listed = unmatched::listed(look, world).await?;
    let facts = Facts {
        friends: world.diary.friends(),
        subscriptions: world.diary.subscriptions(),
        credits: ledger::credits(look, from).await?,
        entries: stripe::entries(world, from),
        paid_sessions: ledger::paid_sessions(look).await?,
        listed: listed.sessions,
        sessions: stripe::sessions(world, from),
        movements: stripe::movements(world),
        live_since: world.live_since(),
    };
    let mut findings = comparison::judge(&facts);
    findings.unfinished = unfinished(look, from).await?.sentences();
    findings.unfinished.extend(undelivered(look, world).await?);
    Ok(findings)
}

/// Payments that Stripe took and the product does not know yet.
///
/// # Errors
/// If the database cannot be read.
pub async fn unknown_sales(look: &Look, world: &World, from: &Start) -> anyhow::Result<usize> {
    let mut known = ledger::paid_sessions(look).await?;
    known.extend(unmatched::listed(look, world).await?.sessions);
    let sessions = stripe::sessions(world, from);
    Ok(comparison::unknown_sales(&sessions, &known).len())
}

/// Events that no process has taken.
///
/// # Errors
/// If the database cannot be read.
pub async fn undelivered(look: &Look, world: &World) -> anyhow::Result<Vec<String>> {
    let listed = unmatched::listed(look, world).await?;
    Ok(stripe::undelivered(world, &listed.events))
}
