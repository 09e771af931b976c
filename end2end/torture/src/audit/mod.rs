//! The end: what was bought, the ledger and Stripe's books must agree.

mod books;
mod charged;
mod ledger;
mod verdict;

use crate::{database::Look, people::World};

pub use books::undelivered;
pub use ledger::{Start, start, unfinished};
use verdict::Facts;
pub use verdict::Findings;

/// Compares everything.
///
/// # Errors
/// If the database cannot be read.
pub async fn audit(look: &Look, world: &World, from: &Start) -> anyhow::Result<Findings> {
    let facts = Facts {
        friends: world.diary.friends(),
        subscriptions: world.diary.subscriptions(),
        credits: ledger::credits(look, from).await?,
        entries: books::entries(world, from),
        paid_sessions: ledger::paid_sessions(look).await?,
        sessions: books::sessions(world, from),
        movements: books::movements(world),
    };
    let mut findings = verdict::judge(&facts);
    findings.unfinished = unfinished(look).await?.sentences();
    findings.unfinished.extend(undelivered(world));
    Ok(findings)
}

/// Payments that Stripe took and the product does not know yet.
///
/// # Errors
/// If the database cannot be read.
pub async fn unknown_sales(look: &Look, world: &World, from: &Start) -> anyhow::Result<usize> {
    let known = ledger::paid_sessions(look).await?;
    let sessions = books::sessions(world, from);
    Ok(verdict::unknown_sales(&sessions, &known).len())
}
