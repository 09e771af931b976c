//! What is kept for a time alone (`docs/rules.md` 106): bodies of Stripe's events, what Checkout sessions that
//! have ended were asked for, to whom mail went, the security log, and comparisons of the
//! books. Ids, amounts, kinds, outcomes and links
//! stay, and so does the audit log.

use store::{checkout_sessions, mails, reconciliations, security_log, stripe_events};
use time::Duration;

use crate::Engine;

/// The most rows of each kind that end in one round, so that no statement holds the others up. At one
/// round a minute, a million rows end within a day.
const AT_ONCE: u64 = 1_000;

/// How many rows ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    pub events: u64,
    pub sessions: u64,
    pub mails: u64,
    pub security_entries: u64,
    pub reconciliations: u64,
}

/// Ends what is older than `RETENTION_DAYS`, a bounded number of rows of each kind. What is left is for
/// the next round.
///
/// # Errors
/// If the database fails.
pub async fn end_old(engine: &Engine) -> anyhow::Result<Ended> {
    let kept = Duration::days(engine.config.retention_days.into());
    let (db, before) = (engine.db.writer(), engine.now() - kept);
    Ok(Ended {
        events: stripe_events::blank(db, before, AT_ONCE).await?,
        sessions: checkout_sessions::blank(db, before, AT_ONCE).await?,
        mails: mails::blank(db, before, AT_ONCE).await?,
        security_entries: security_log::sweep(db, before, AT_ONCE).await?,
        reconciliations: reconciliations::sweep(db, before, AT_ONCE).await?,
    })
}
