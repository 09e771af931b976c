//! The console's ports: what an admin does. Each function first checks the right that it needs.

mod catalog;
mod members;
pub mod platform_referrers;
mod referrals;
mod settings;

use store::SiteId;
use app::types::Outcome;
use domain::forms::Refusal;
use sea_orm::{ConnectionTrait, DbErr};
use server_core::dates;
use store::audit_log;

/// The answer to a visitor who lacks the right.
fn not_yours() -> Outcome {
    refused("Only an admin may do this. Sign in as one, and try again.")
}

/// A refusal that concerns the form as a whole.
fn refused(message: impl Into<String>) -> Outcome {
    Outcome::Refused(Refusal::message(message))
}

/// Tells the second of two admins who changed `subject` first; `did` is the verb and its object.
async fn stale(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    subject: &str,
    did: &str,
) -> Result<String, DbErr> {
    let last = audit_log::last(db, site_id, subject).await?;
    Ok(match last {
        Some(row) => format!(
            "{} {did} at {}, while you were here.",
            capital(&row.actor),
            dates::minute(row.created_at)
        ),
        None => format!("Somebody {did} while you were here."),
    })
}

/// "the command line" can begin the sentence, too.
fn capital(actor: &str) -> String {
    let mut characters = actor.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}
