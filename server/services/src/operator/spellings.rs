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
        for group in users::alike(db, site.id, None, usize::MAX).await? {
            let members = group.people.iter().map(|member| {
                let (first, last) = (&member.first_name, &member.last_name);
                format!("{} ({first} {last})", member.email)
            });
            let members: Vec<_> = members.collect();
            lines.push(format!("{}: {}", site.key, members.join(", ")));
        }
    }
    for group in platform_referrers::alike(db, None, usize::MAX).await? {
        let referrers = group.people.iter();
        let referrers: Vec<_> = referrers
            .map(|referrer| format!("{} ({})", referrer.email, referrer.name))
            .collect();
        lines.push(format!("platform program: {}", referrers.join(", ")));
    }
    Ok(lines)
}
