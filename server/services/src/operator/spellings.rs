//! Lists accounts whose e-mail addresses are spellings of the same one, as they could be made before
//! spellings were compared. They are two people's or one person's: nobody but them knows.

use store::{platform_referrers, sites, users};

use crate::Engine;

/// A line for each such address: where, and who has which spelling.
///
/// # Errors
/// If the database fails.
pub async fn alike(engine: &Engine) -> anyhow::Result<Vec<String>> {
    let db = engine.db.reader();
    let mut lines = Vec::new();
    for site in sites::all(db).await? {
        for group in users::alike(db, site.id).await? {
            let members = group.members.iter().map(|member| {
                let (first, last) = (&member.first_name, &member.last_name);
                format!("{} ({first} {last})", member.email)
            });
            let members: Vec<_> = members.collect();
            lines.push(format!("{}: {}", site.key, members.join(", ")));
        }
    }
    for referrer in platform_referrers::alike(db).await? {
        lines.push(format!(
            "platform program: {} ({}), and another platform referrer",
            referrer.email, referrer.name
        ));
    }
    Ok(lines)
}
