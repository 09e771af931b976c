//! What an admin does: the console's ports. Each function begins with the right that it needs.

mod catalogue;
mod members;
pub mod partners;
mod referrals;
mod settings;

use app::types::Outcome;
use domain::forms::Refusal;
use sea_orm::{ConnectionTrait, DbErr};
use server_core::dates;
use store::SiteId;
use store::audit_log;

/// Somebody asks for what is not theirs.
fn not_yours() -> Outcome {
    refused("Only an admin may do this. Sign in as one, and try again.")
}

/// What concerns the form as a whole.
fn refused(message: impl Into<String>) -> Outcome {
    Outcome::Refused(Refusal::message(message))
}

/// Tells the second of two admins who `did` something to `subject` first.
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

/// "the command line" begins a sentence, too.
fn capital(actor: &str) -> String {
    let mut characters = actor.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}
