//! What the product knew before the clock jumped a day. After that a hold is over, and nobody can say whether the
//! product hears first that a membership ended or that its credit may be issued.

use std::collections::HashSet;

use super::subscriptions;
use crate::{activity_log::Jump, clock, database::Connection, workload::TestContext};

/// How the product's work stood when the clock jumped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Processes were killed, or had jobs left.
    Interrupted,
    /// No job was left. A process that died while it read a membership has left that to the next sweep.
    Completed,
}

/// How long the product lets a process read a membership before another one does, in milliseconds.
const LEASE: i64 = 180_000;
/// Within this time the product's sweep finds what is due and has no job, in milliseconds.
const SWEPT_WITHIN: i64 = 120_000;

/// A membership or a plan as the product has it.
#[derive(Clone, Debug)]
struct Known {
    id: String,
    is_over: bool,
    was_read: bool,
    /// When it is read next, in milliseconds since 1970.
    check_at: Option<i64>,
    /// How often in a row Stripe did not answer.
    checks: i64,
}

impl Known {
    /// Whether the product has a reason to read it soon: an event, an answer that is missing, or a process that
    /// died.
    fn is_read_soon(&self, now: i64, work: Work) -> bool {
        let Some(at) = self.check_at else {
            return false;
        };
        let is_soon = !self.was_read || self.checks > 0 || at <= now + LEASE;
        is_soon && (work == Work::Interrupted || at > now - SWEPT_WITHIN)
    }

    /// Whether the product knows that it ended, or should: it accepted the event, and has no reason to read it later.
    fn is_told(&self, accepted: &HashSet<String>, now: i64, work: Work) -> bool {
        self.is_over || (accepted.contains(&self.id) && !self.is_read_soon(now, work))
    }
}

/// What the product knows now; the caller says at which time the clock jumps.
///
/// # Errors
/// If the database cannot be read.
pub async fn known_before_jump(
    connection: &Connection,
    context: &TestContext,
    work: Work,
) -> anyhow::Result<Jump> {
    // Before the database is read: it has what was accepted by now.
    let accepted = subscriptions::accepted_ends(context);
    let now = clock::unix_millis()?;
    let known = known(connection).await?.into_iter();
    let told = known.filter(|one| one.is_told(&accepted, now, work));
    Ok(Jump {
        at: context.stripe.now(),
        told: told.map(|one| one.id).collect(),
        frozen: frozen(connection).await?,
    })
}

async fn known(connection: &Connection) -> anyhow::Result<Vec<Known>> {
    let sql = "SELECT stripe_id, status, read_at, check_at, checks FROM subscriptions";
    let read = |row: &sea_orm::QueryResult| {
        let status: Option<String> = row.try_get_by(1)?;
        Ok(Known {
            id: row.try_get_by(0)?,
            is_over: matches!(status.as_deref(), Some("canceled" | "incomplete_expired")),
            was_read: row.try_get_by::<Option<i64>, _>(2)?.is_some(),
            check_at: row.try_get_by(3)?,
            checks: row.try_get_by(4)?,
        })
    };
    connection.rows(sql, read).await
}

async fn frozen(connection: &Connection) -> anyhow::Result<HashSet<String>> {
    let sql = "SELECT u.email FROM credits c JOIN referrals r ON r.id = c.referral_id \
               JOIN users u ON u.id = r.referred_id WHERE c.frozen_at IS NOT NULL";
    let emails = connection.rows(sql, |row| row.try_get_by(0)).await?;
    Ok(emails.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000_000;

    /// A membership that goes on and is read in an hour.
    fn known() -> Known {
        Known {
            id: "sub_1".to_owned(),
            is_over: false,
            was_read: true,
            check_at: Some(NOW + 3_600_000),
            checks: 0,
        }
    }

    fn is_told(known: &Known, accepted: bool, work: Work) -> bool {
        let accepted = accepted.then(|| known.id.clone()).into_iter().collect();
        known.is_told(&accepted, NOW, work)
    }

    #[test]
    fn what_was_accepted_is_told_unless_it_is_read_later() {
        for work in [Work::Interrupted, Work::Completed] {
            assert!(is_told(&known(), true, work), "it was overlooked");
            assert!(!is_told(&known(), false, work));
            let over = Known {
                is_over: true,
                check_at: None,
                ..known()
            };
            assert!(is_told(&over, false, work), "however it heard of it");
            let leased = Known {
                check_at: Some(NOW + LEASE),
                ..known()
            };
            assert!(!is_told(&leased, true, work), "a process died");
            let unanswered = Known {
                checks: 3,
                ..known()
            };
            assert!(!is_told(&unanswered, true, work));
            let never_read = Known {
                was_read: false,
                ..known()
            };
            assert!(!is_told(&never_read, true, work));
        }
    }

    #[test]
    fn once_no_job_is_left_nothing_is_due_for_long() {
        let swept = Known {
            check_at: Some(NOW - SWEPT_WITHIN + 1),
            ..known()
        };
        assert!(!is_told(&swept, true, Work::Completed));
        let due = Known {
            check_at: Some(NOW - SWEPT_WITHIN),
            ..known()
        };
        assert!(!is_told(&due, true, Work::Interrupted));
        assert!(is_told(&due, true, Work::Completed));
        let never = Known {
            check_at: None,
            ..known()
        };
        assert!(is_told(&never, true, Work::Interrupted));
    }
}
