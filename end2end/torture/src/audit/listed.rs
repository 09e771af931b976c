//! Payments whose purchase went with a backup that was put back.

use std::collections::HashSet;

use crate::{database::Look, people::World};

/// Payments whose purchase went with a backup that was put back: the console lists them.
#[derive(Default)]
pub struct Listed {
    pub events: HashSet<String>,
    pub sessions: HashSet<String>,
}

/// Looks for them; where nothing was put back none may be there, so none counts.
pub async fn listed(look: &Look, world: &World) -> anyhow::Result<Listed> {
    let mut listed = Listed::default();
    if world.diary.restores() == 0 {
        return Ok(listed);
    }
    let sql = "SELECT event_id, body FROM stripe_events WHERE unmatched_since IS NOT NULL";
    let rows = look.rows(sql, |row| {
        Ok((
            row.try_get_by::<String, _>(0)?,
            row.try_get_by::<String, _>(1)?,
        ))
    });
    for (event, body) in rows.await? {
        let body: serde_json::Value = serde_json::from_str(&body)?;
        let session = body["data"]["object"]["id"].as_str().unwrap_or_default();
        listed.sessions.insert(session.to_owned());
        listed.events.insert(event);
    }
    Ok(listed)
}
