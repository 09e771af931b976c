//! The end: what was bought, the ledger and Stripe's books must agree.

mod books;
mod charged;
mod due;
mod facts;
mod ledger;
mod listed;
mod start;
mod unfinished;
mod verdict;

use crate::{database::Look, people::World};

use facts::Facts;
pub use start::{Start, start};
pub use unfinished::unfinished;
pub use verdict::Findings;

/// Compares everything.
///
/// # Errors
/// If the database cannot be read.
pub async fn audit(look: &Look, world: &World, from: &Start) -> anyhow::Result<Findings> {
    let listed = listed::listed(look, world).await?;
    let facts = Facts {
        friends: world.diary.friends(),
        subscriptions: world.diary.subscriptions(),
        credits: ledger::credits(look, from).await?,
        entries: books::entries(world, from),
        paid_sessions: ledger::paid_sessions(look).await?,
        listed: listed.sessions,
        sessions: books::sessions(world, from),
        movements: books::movements(world),
        live_since: world.live_since(),
    };
    let mut findings = verdict::judge(&facts);
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
    known.extend(listed::listed(look, world).await?.sessions);
    let sessions = books::sessions(world, from);
    Ok(verdict::unknown_sales(&sessions, &known).len())
}

/// Events that no process has taken.
///
/// # Errors
/// If the database cannot be read.
pub async fn undelivered(look: &Look, world: &World) -> anyhow::Result<Vec<String>> {
    let listed = listed::listed(look, world).await?;
    Ok(books::undelivered(world, &listed.events))
}
