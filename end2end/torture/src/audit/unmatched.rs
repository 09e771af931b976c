//! Payments whose purchase was lost in a restore.

use std::collections::HashSet;

use serde_json::Value;

use crate::{activity_log::ActivityLog, database::Connection, workload::TestContext};

/// Such payments, which the console lists as unmatched.
#[derive(Default)]
pub struct UnmatchedPayments {
    pub events: HashSet<String>,
    pub sessions: HashSet<String>,
}

/// Reads them from the database.
pub async fn unmatched(
    connection: &Connection,
    context: &TestContext,
) -> anyhow::Result<UnmatchedPayments> {
    let sql = "SELECT event_id, body FROM stripe_events WHERE unmatched_since IS NOT NULL";
    let rows = connection.rows(sql, |row| {
        Ok((
            row.try_get_by::<String, _>(0)?,
            row.try_get_by::<String, _>(1)?,
        ))
    });
    let mut unmatched = UnmatchedPayments::default();
    for (event, body) in rows.await? {
        unmatched.add(event, &serde_json::from_str(&body)?, &context.log);
    }
    Ok(unmatched)
}

impl UnmatchedPayments {
    /// Adds the payment only if its session was created in a lost period. Any other session must
    /// have its purchase.
    fn add(&mut self, event: String, body: &Value, log: &ActivityLog) {
        let session = &body["data"]["object"];
        let (id, created) = (session["id"].as_str(), session["created"].as_i64());
        let Some((id, created)) = id.zip(created) else {
            return;
        };
        if log.is_lost(created) {
            self.sessions.insert(id.to_owned());
            self.events.insert(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::activity_log::LostPeriod;

    fn event(session: &str, created: i64) -> Value {
        json!({ "created": 15, "data": { "object": { "id": session, "created": created } } })
    }

    #[test]
    fn only_sessions_of_a_lost_period_are_unmatched() {
        let log = ActivityLog::default();
        let lost = |from, to| log.record_lost_period(LostPeriod { from, to });
        lost(10, 20);
        lost(40, 50);
        let mut unmatched = UnmatchedPayments::default();
        for created in [9, 10, 20, 21, 39, 40, 50, 51] {
            let (event_id, session) = (format!("evt_{created}"), format!("cs_{created}"));
            unmatched.add(event_id, &event(&session, created), &log);
        }
        let ids = |kind: &str| [10, 20, 40, 50].map(|created| format!("{kind}_{created}"));
        assert_eq!(unmatched.sessions, ids("cs").into());
        assert_eq!(unmatched.events, ids("evt").into());
    }

    #[test]
    fn nothing_is_unmatched_without_a_restore() {
        let mut unmatched = UnmatchedPayments::default();
        unmatched.add("evt_1".into(), &event("cs_1", 15), &ActivityLog::default());
        assert!(unmatched.events.is_empty() && unmatched.sessions.is_empty());
    }
}
