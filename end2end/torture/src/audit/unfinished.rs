//! The product's unfinished work, read with plain SQL. What waits for the end of a hold, or for a person who reviews
//! it, is not unfinished.

use super::{baseline::Baseline, facts::OTHER_MODE_REASON};
use crate::{clock, database::Connection};

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    pub due_credits: i64,
    pub failed_credits: i64,
    pub undecided_purchases: i64,
    pub jobs: i64,
    pub due_mails: i64,
    /// Sessions that hold credit and of which Stripe has not said whether they exist.
    pub unanswered_sessions: i64,
    /// Refunds that Stripe was not asked for, or has not answered.
    pub due_refunds: i64,
    /// Memberships of which Stripe was not told how they end.
    pub due_endings: i64,
    /// Memberships that were never read, or not at the last try, and purchases of which Stripe was never asked, or
    /// whose payment it did not say, of accounts that are connected.
    pub due_looks: i64,
    /// Referrals whose ledger has to be compared with their purchase.
    pub due_adjustments: i64,
}

impl Unfinished {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn sentences(&self) -> Vec<String> {
        let figures = [
            (self.due_credits, "credits are due"),
            (self.failed_credits, "credits failed"),
            (
                self.undecided_purchases,
                "purchases await a credit decision",
            ),
            (self.jobs, "jobs are not done"),
            (self.due_mails, "mails are due"),
            (
                self.unanswered_sessions,
                "sessions with credit await Stripe's answer",
            ),
            (self.due_refunds, "refunds are due"),
            (self.due_endings, "memberships were not ended"),
            (self.due_looks, "memberships or payments were not looked at"),
            (self.due_adjustments, "credits await an adjustment"),
        ];
        figures
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, kind)| format!("{count} {kind}"))
            .collect()
    }
}

/// Whether the account of a row `x` is connected, perhaps as another row.
pub const IS_CONNECTED: &str = "EXISTS (SELECT 1 FROM stripe_accounts a JOIN stripe_accounts b \
    ON b.id = a.id OR (b.stripe_account = a.stripe_account AND b.livemode = a.livemode) \
    WHERE a.id = x.stripe_account_id AND (b.id IN (SELECT stripe_account_id FROM sites) \
    OR b.id IN (SELECT stripe_account_id FROM platform_settings)))";

/// Whether a credit waits for the end of its hold, and for nobody.
///
/// # Errors
/// If the database cannot be read.
pub async fn is_anything_on_hold(connection: &Connection) -> anyhow::Result<bool> {
    let now = clock::unix_millis()?;
    let held = format!(
        "SELECT COUNT(*) FROM credits WHERE state = 'due' AND held_until > {now} \
         AND COALESCE(review, '') <> 'waiting'"
    );
    Ok(connection.count(&held).await? > 0)
}

/// Counts unfinished work. Failed credits from before the run belong to the demo. Credits that
/// failed because their account left test mode are left out here; the comparison decides whether
/// they may fail.
pub async fn unfinished(
    connection: &Connection,
    baseline: &Baseline,
) -> anyhow::Result<Unfinished> {
    let now = clock::unix_millis()?;
    // The longest wait for another attempt is six hours; a job for the end of a hold may be due later. The
    // credit says whether that is so.
    let (jobs, in_seven_hours) = match connection.is_postgres() {
        true => ("apalis.jobs", "now() + interval '7 hours'"),
        false => ("Jobs", "strftime('%s', 'now') + 25200"),
    };
    let undecided_purchases = "SELECT (SELECT COUNT(*) FROM purchases WHERE credit_check = 'due') \
                     + (SELECT COUNT(*) FROM platform_purchases WHERE credit_check = 'due')";
    let unanswered_sessions = "SELECT COUNT(*) FROM checkout_sessions s \
                               JOIN credits c ON c.purchase_id = s.purchase_id \
                               WHERE s.state = 'requested' AND c.kind = 'spent' \
                               AND c.state = 'issued'";
    let due_looks = format!(
        "SELECT (SELECT COUNT(*) FROM subscriptions x WHERE check_at <= {now} \
            AND (read_at IS NULL OR checks > 0) AND {IS_CONNECTED}) \
         + (SELECT COUNT(*) FROM purchases x WHERE refund_check_at <= {now} \
            AND (refund_checks = 0 OR payment_intent_id IS NULL) AND {IS_CONNECTED}) \
         + (SELECT COUNT(*) FROM platform_purchases x WHERE refund_check_at <= {now} \
            AND (refund_checks = 0 OR payment_intent_id IS NULL) AND {IS_CONNECTED})"
    );
    Ok(Unfinished {
        due_looks: connection.count(&due_looks).await?,
        unanswered_sessions: connection.count(unanswered_sessions).await?,
        // Of a payment that is not ours, what is kept waits for it.
        due_refunds: connection
            .count(
                "SELECT COUNT(*) FROM refunds WHERE status = 'requested' \
                 AND (purchase_id IS NOT NULL OR platform_purchase_id IS NOT NULL)",
            )
            .await?,
        due_endings: connection
            .count("SELECT COUNT(*) FROM refunds WHERE ending_due AND status = 'succeeded'")
            .await?,
        due_adjustments: connection
            .count(
                "SELECT (SELECT COUNT(*) FROM referrals WHERE adjust_due) \
                 + (SELECT COUNT(*) FROM platform_referrals WHERE adjust_due)",
            )
            .await?,
        due_mails: connection
            .count("SELECT COUNT(*) FROM mails WHERE state = 'due'")
            .await?,
        due_credits: connection
            .count(&format!(
                "SELECT COUNT(*) FROM credits WHERE state = 'due' \
                 AND COALESCE(held_until, 0) <= {now} AND COALESCE(review, '') <> 'waiting'"
            ))
            .await?,
        failed_credits: connection
            .count(&format!(
                "SELECT COUNT(*) FROM credits WHERE state = 'failed' AND kind = 'earned' AND id > {} \
                 AND COALESCE(failure_reason, '') <> '{OTHER_MODE_REASON}'",
                baseline.credit_id
            ))
            .await?,
        undecided_purchases: connection.count(undecided_purchases).await?,
        jobs: connection
            .count(&format!(
                "SELECT COUNT(*) FROM {jobs} WHERE status NOT IN ('Done', 'Failed', 'Killed') \
                 AND run_at <= {in_seven_hours}"
            ))
            .await?,
    })
}

#[cfg(test)]
mod tests;
