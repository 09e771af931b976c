//! A form that was filled before another admin saved the same: what the second of them is told.

use sea_orm::{ConnectionTrait, DbErr};
use server_core::{dates, zone::Zone};
use store::{SiteId, audit_log, entities::audit_entry};

/// Tells the second of two admins who changed `subject` first; `did` is the verb and its object. The time is in
/// the zone of the site where the second is.
pub async fn who_was_first(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    subject: &str,
    did: &str,
    zone: &Zone,
) -> Result<String, DbErr> {
    let last = audit_log::last(db, site_id, subject).await?;
    Ok(was_first(last.as_ref(), did, zone))
}

/// The same of the entry of the audit log that tells it; `None` if none does.
pub fn was_first(last: Option<&audit_entry::Model>, did: &str, zone: &Zone) -> String {
    match last {
        Some(row) => format!(
            "{} {did} at {}, while you were here.",
            capital(&row.actor),
            dates::minute(row.created_at, zone)
        ),
        None => format!("Somebody {did} while you were here."),
    }
}

/// "the command line" can begin the sentence, too.
fn capital(actor: &str) -> String {
    let mut characters = actor.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}
