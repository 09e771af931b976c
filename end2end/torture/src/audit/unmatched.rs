//! Payments whose purchase went with a backup that was put back.

use std::collections::HashSet;

use serde_json::Value;

use crate::{activity_log::Diary, database::Look, workload::World};

/// Such payments: the console lists them.
#[derive(Default)]
pub struct Listed {
    pub events: HashSet<String>,
    pub sessions: HashSet<String>,
}

/// Looks for them.
pub async fn listed(look: &Look, world: &World) -> anyhow::Result<Listed> {
    let sql = "SELECT event_id, body FROM stripe_events WHERE unmatched_since IS NOT NULL";
    let rows = look.rows(sql, |row| {
        Ok((
            row.try_get_by::<String, _>(0)?,
            row.try_get_by::<String, _>(1)?,
        ))
    });
    let mut listed = Listed::default();
    for (event, body) in rows.await? {
        listed.take(event, &serde_json::from_str(&body)?, &world.diary);
    }
    Ok(listed)
}

impl Listed {
    /// Of a session that no backup forgot the purchase is there: not to find it is a fault.
    fn take(&mut self, event: String, body: &Value, diary: &Diary) {
        let session = &body["data"]["object"];
        let (id, created) = (session["id"].as_str(), session["created"].as_i64());
        let Some((id, created)) = id.zip(created) else {
            return;
        };
        if diary.is_gone(created) {
            self.sessions.insert(id.to_owned());
            self.events.insert(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::activity_log::Gone;

    fn event(session: &str, created: i64) -> Value {
        json!({ "created": 15, "data": { "object": { "id": session, "created": created } } })
    }

    #[test]
    fn only_what_a_backup_forgot_is_listed() {
        let diary = Diary::default();
        let gone = |from, to| diary.gone(Gone { from, to });
        gone(10, 20);
        gone(40, 50);
        let mut listed = Listed::default();
        for created in [9, 10, 20, 21, 39, 40, 50, 51] {
            let (event_id, session) = (format!("evt_{created}"), format!("cs_{created}"));
            listed.take(event_id, &event(&session, created), &diary);
        }
        let of = |kind: &str| [10, 20, 40, 50].map(|created| format!("{kind}_{created}"));
        assert_eq!(listed.sessions, of("cs").into());
        assert_eq!(listed.events, of("evt").into());
    }

    #[test]
    fn nothing_is_listed_where_no_backup_was_put_back() {
        let mut listed = Listed::default();
        listed.take("evt_1".into(), &event("cs_1", 15), &Diary::default());
        assert!(listed.events.is_empty() && listed.sessions.is_empty());
    }
}
