//! A form that was filled before another admin saved the same: what the second of them is told.

use sea_orm::{ConnectionTrait, DbErr};
use server_core::dates;
use store::{SiteId, audit_log};

/// Tells the second of two admins who changed `subject` first; `did` is the verb and its object.
pub async fn who_was_first(
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
