//! The product's side, read in its database with plain SQL.

use std::collections::HashSet;

use stripe_stand_in::StandIn;

use super::{books, verdict::Credit};
use crate::{
    database::Look,
    demo::{Demo, accounts},
    people::World,
};

/// What was there before the trial: the demo's own stories.
pub struct Start {
    /// The last row of the ledger.
    pub credit_id: i64,
    /// Stripe's ids of balance entries.
    pub entries: HashSet<String>,
    /// Stripe's ids of Checkout sessions.
    pub sessions: HashSet<String>,
}

/// Remembers what is there.
pub async fn start(look: &Look, stripe: &StandIn, demo: &Demo) -> anyhow::Result<Start> {
    let accounts = accounts(&demo.sites);
    let listed = |what: &'static str| {
        accounts
            .iter()
            .flat_map(move |key| books::ids(&stripe.books(key, None)[what]))
            .collect()
    };
    Ok(Start {
        credit_id: look
            .count("SELECT COALESCE(MAX(id), 0) FROM credits")
            .await?,
        entries: listed("balance_transactions"),
        sessions: listed("sessions"),
    })
}

/// The ledger since then, each row with its referral and what was told.
pub async fn credits(look: &Look, from: &Start) -> anyhow::Result<Vec<Credit>> {
    let tenant = format!(
        "SELECT c.idempotency_key, c.state, c.amount_cents, c.stripe_transaction_id, \
                r.status, u.email, s.key, m.referral_code, NULL, m.email, c.livemode, \
                (SELECT COUNT(*) FROM notifications n \
                 WHERE n.credit_id = c.id AND n.user_id = m.id) \
         FROM credits c JOIN referrals r ON r.id = c.referral_id \
         JOIN users u ON u.id = r.referred_id JOIN users m ON m.id = r.referrer_id \
         JOIN sites s ON s.id = r.site_id WHERE c.id > {}",
        from.credit_id
    );
    let platform = format!(
        "SELECT c.idempotency_key, c.state, c.amount_cents, c.stripe_transaction_id, \
                r.status, NULL, NULL, m.code, p.checkout_session_id, m.email, c.livemode, \
                (SELECT COUNT(*) FROM notifications n WHERE n.credit_id = c.id) \
         FROM credits c JOIN platform_referrals r ON r.id = c.platform_referral_id \
         JOIN platform_purchases p ON p.id = r.purchase_id \
         JOIN platform_referrers m ON m.id = r.referrer_id WHERE c.id > {}",
        from.credit_id
    );
    let mut all = Vec::new();
    for sql in [tenant, platform] {
        let rows = look.rows(&sql, |row| {
            Ok(Credit {
                key: row.try_get_by(0)?,
                state: row.try_get_by(1)?,
                cents: row.try_get_by(2)?,
                entry: row.try_get_by(3)?,
                status: row.try_get_by(4)?,
                email: row.try_get_by(5)?,
                site: row.try_get_by(6)?,
                code: row.try_get_by(7)?,
                session: row.try_get_by(8)?,
                referrer: row.try_get_by(9)?,
                live: row.try_get_by(10)?,
                told: row.try_get_by(11)?,
            })
        });
        all.extend(rows.await?);
    }
    Ok(all)
}

/// Checkout sessions that the product takes for paid.
pub async fn paid_sessions(look: &Look) -> anyhow::Result<HashSet<String>> {
    let sql = "SELECT checkout_session_id FROM purchases \
               WHERE state = 'paid' AND checkout_session_id IS NOT NULL \
               UNION ALL SELECT checkout_session_id FROM platform_purchases WHERE state = 'paid'";
    let sessions = look.rows(sql, |row| row.try_get_by(0)).await?;
    Ok(sessions.into_iter().collect())
}

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

/// What is still to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    pub due_credits: i64,
    pub failed_credits: i64,
    pub undecided: i64,
    pub jobs: i64,
}

impl Unfinished {
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    pub fn sentences(&self) -> Vec<String> {
        let figures = [
            (self.due_credits, "credits are due"),
            (self.failed_credits, "credits failed"),
            (self.undecided, "purchases are undecided"),
            (self.jobs, "jobs are not done"),
        ];
        figures
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect()
    }
}

/// Looks for it; the demo's failed credits, which were never sent, are part of its story, and those of
/// test mode have ended where an account went live.
pub async fn unfinished(look: &Look) -> anyhow::Result<Unfinished> {
    let jobs = match look.is_postgres() {
        true => "apalis.jobs",
        false => "Jobs",
    };
    let undecided = "SELECT (SELECT COUNT(*) FROM purchases WHERE credit_check = 'due') \
                     + (SELECT COUNT(*) FROM platform_purchases WHERE credit_check = 'due')";
    Ok(Unfinished {
        due_credits: look
            .count("SELECT COUNT(*) FROM credits WHERE state = 'due'")
            .await?,
        failed_credits: look
            .count(
                "SELECT COUNT(*) FROM credits WHERE state = 'failed' \
                 AND NOT (failure_reason LIKE '%unreachable%' AND last_sent_at IS NULL) \
                 AND NOT (failure_reason LIKE '%other_mode%' AND NOT livemode)",
            )
            .await?,
        undecided: look.count(undecided).await?,
        jobs: look
            .count(&format!(
                "SELECT COUNT(*) FROM {jobs} WHERE status NOT IN ('Done', 'Failed', 'Killed')"
            ))
            .await?,
    })
}
