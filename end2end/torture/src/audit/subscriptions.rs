//! Memberships and plans: the product says of each how it stands at Stripe.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{
    activity_log::ActivityLog, database::Connection, demo::is_live, workload::TestContext,
};

/// How a membership or a plan stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub status: String,
    pub cancel_at_period_end: bool,
    /// Seconds since 1970.
    pub ended_at: Option<i64>,
}

/// A membership or a plan at Stripe.
#[derive(Clone, Debug)]
pub struct AtStripe {
    pub standing: Standing,
    /// Whether the product accepted the last event about it. One that no endpoint was there for is known at the end
    /// of the period.
    pub is_told: bool,
    /// Whether it is left in test mode of an account that went live: its key may not work any more.
    pub is_left: bool,
}

/// Those at Stripe by their id (`sub_…`).
pub fn at_stripe(context: &TestContext) -> HashMap<String, AtStripe> {
    let accounts = context.accounts();
    let went_live = |key: &str| {
        let live = key.replacen("_test_", "_live_", 1);
        !is_live(key) && accounts.contains(&live)
    };
    let mut all = HashMap::new();
    for account in &accounts {
        let is_left = went_live(account);
        let objects = context.stripe.objects(account, None);
        let told = last_told(context, account, &objects["events"]);
        for subscription in objects["subscriptions"].as_array().into_iter().flatten() {
            let Some(id) = subscription["id"].as_str() else {
                continue;
            };
            let standing = Standing {
                status: subscription["status"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                cancel_at_period_end: subscription["cancel_at_period_end"] == true,
                ended_at: subscription["ended_at"].as_i64(),
            };
            let is_told = told.get(id).copied().unwrap_or_default();
            let found = AtStripe {
                standing,
                is_told,
                is_left,
            };
            all.insert(id.to_owned(), found);
        }
    }
    all
}

/// Whether the last event about each was accepted, and not lost in a restore.
fn last_told(context: &TestContext, account: &str, events: &Value) -> HashMap<String, bool> {
    let accepted = accepted_events(context, account);
    let mut told = HashMap::new();
    for event in events.as_array().into_iter().flatten() {
        let kind = event["type"].as_str().unwrap_or_default();
        let id = event["data"]["object"]["id"].as_str();
        let Some(id) = id.filter(|_| kind.starts_with("customer.subscription.")) else {
            continue;
        };
        let created = event["created"].as_i64().unwrap_or_default();
        let is_accepted = event["id"].as_str().is_some_and(|id| accepted.contains(id));
        let is_told = is_accepted && !context.log.may_be_lost(created);
        // They come oldest first.
        told.insert(id.to_owned(), is_told);
    }
    told
}

/// The events of an account that the product accepted.
pub fn accepted_events(context: &TestContext, account: &str) -> HashSet<String> {
    let is_accepted = |statuses: &[u16]| statuses.iter().any(|status| (200..300).contains(status));
    let deliveries = context.stripe.deliveries(account).into_iter();
    deliveries
        .filter(|delivery| is_accepted(&delivery.statuses))
        .map(|delivery| delivery.event)
        .collect()
}

/// The memberships and plans (`sub_…`) of whose end the product accepted an event that no restore has lost.
pub fn accepted_ends(context: &TestContext) -> HashSet<String> {
    let mut ends = HashSet::new();
    for account in context.accounts() {
        // Before the objects are read: the events of these are among them.
        let accepted = accepted_events(context, &account);
        let objects = context.stripe.objects(&account, None);
        let events = objects["events"].as_array().into_iter().flatten();
        ends.extend(events.filter_map(|event| ended_by(event, &accepted, &context.log)));
    }
    ends
}

fn ended_by(event: &Value, accepted: &HashSet<String>, log: &ActivityLog) -> Option<String> {
    let object = &event["data"]["object"];
    let tells_end = event["type"]
        .as_str()?
        .starts_with("customer.subscription.")
        && object["ended_at"].is_i64();
    let is_kept =
        accepted.contains(event["id"].as_str()?) && !log.may_be_lost(event["created"].as_i64()?);
    let id = object["id"].as_str().filter(|_| tells_end && is_kept)?;
    Some(id.to_owned())
}

/// Paid memberships and plans of which the product does not say what Stripe says.
pub async fn unlike_stripe(
    connection: &Connection,
    at_stripe: &HashMap<String, AtStripe>,
) -> anyhow::Result<Vec<String>> {
    let mut unlike = Vec::new();
    for (purchases, purchase_id) in [
        ("purchases", "purchase_id"),
        ("platform_purchases", "platform_purchase_id"),
    ] {
        let sql = format!(
            "SELECT p.subscription_id, s.status, s.cancel_at_period_end, s.ended_at \
             FROM {purchases} p LEFT JOIN subscriptions s ON s.{purchase_id} = p.id \
             WHERE p.subscription_id IS NOT NULL AND p.state = 'paid'"
        );
        let read = |row: &sea_orm::QueryResult| {
            let id: String = row.try_get_by(0)?;
            let status: Option<String> = row.try_get_by(1)?;
            let cancels: Option<bool> = row.try_get_by(2)?;
            let ended_at: Option<i64> = row.try_get_by(3)?;
            let standing = status.map(|status| Standing {
                status,
                cancel_at_period_end: cancels.unwrap_or_default(),
                ended_at: ended_at.map(|millis| millis.div_euclid(1_000)),
            });
            Ok((id, standing))
        };
        for (id, ours) in connection.rows(&sql, read).await? {
            unlike.extend(difference(&id, ours.as_ref(), at_stripe.get(&id)));
        }
    }
    Ok(unlike)
}

fn difference(id: &str, ours: Option<&Standing>, theirs: Option<&AtStripe>) -> Option<String> {
    let Some(theirs) = theirs else {
        return Some(format!("{id}: {ours:?}, and Stripe has no such"));
    };
    if theirs.is_left {
        return None;
    }
    let is_known = match ours {
        Some(ours) => *ours == theirs.standing || !theirs.is_told,
        None => false,
    };
    (!is_known).then(|| format!("{id}: {ours:?}, and at Stripe {:?}", theirs.standing))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::activity_log::LostPeriod;

    fn standing(status: &str, ended_at: Option<i64>) -> Standing {
        Standing {
            status: status.to_owned(),
            cancel_at_period_end: false,
            ended_at,
        }
    }

    #[test]
    fn what_was_told_is_known() {
        let ended = |is_told| AtStripe {
            standing: standing("canceled", Some(7)),
            is_told,
            is_left: false,
        };
        let differs = |ours: Option<Standing>, theirs: &AtStripe| {
            difference("sub_1", ours.as_ref(), Some(theirs)).is_some()
        };
        let known = Some(standing("canceled", Some(7)));
        assert!(!differs(known, &ended(true)));
        let active = || Some(standing("active", None));
        assert!(differs(active(), &ended(true)));
        assert!(!differs(active(), &ended(false)), "no event told it");
        assert!(differs(None, &ended(false)), "it was never read");
    }

    #[test]
    fn one_that_stripe_does_not_have_is_found() {
        let active = standing("active", None);
        assert!(difference("sub_2", Some(&active), None).is_some());
        assert!(difference("sub_2", None, None).is_some());
        let left = AtStripe {
            standing: standing("canceled", Some(7)),
            is_told: true,
            is_left: true,
        };
        assert!(difference("sub_1", Some(&active), Some(&left)).is_none());
        assert!(difference("sub_1", None, Some(&left)).is_none());
    }

    #[test]
    fn an_end_is_told_by_an_event_that_was_accepted_and_kept() {
        let event = |kind: &str, ended_at: Option<i64>| {
            json!({ "id": "evt_1", "type": kind, "created": 500,
                    "data": { "object": { "id": "sub_1", "ended_at": ended_at } } })
        };
        let accepted: HashSet<String> = HashSet::from(["evt_1".to_owned()]);
        let log = ActivityLog::default();
        let deleted = event("customer.subscription.deleted", Some(499));
        let told = Some("sub_1".to_owned());
        assert_eq!(ended_by(&deleted, &accepted, &log), told);
        assert_eq!(ended_by(&deleted, &HashSet::new(), &log), None);
        let updated = event("customer.subscription.updated", None);
        assert_eq!(ended_by(&updated, &accepted, &log), None);
        assert_eq!(
            ended_by(&event("invoice.paid", Some(499)), &accepted, &log),
            None
        );
        log.record_lost_period(LostPeriod { from: 600, to: 700 });
        assert_eq!(ended_by(&deleted, &accepted, &log), None);
    }
}
