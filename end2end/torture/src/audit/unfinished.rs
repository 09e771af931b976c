//! What the product has begun and not ended, read in its database with plain SQL.

use super::{baseline::Start, facts::OTHER_MODE};
use crate::database::Look;

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

/// Looks for it; failed credits of before the trial are part of the demo's story, and those of test mode
/// have ended where an account went live: whether they may is for the verdict to say.
pub async fn unfinished(look: &Look, from: &Start) -> anyhow::Result<Unfinished> {
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
            .count(&format!(
                "SELECT COUNT(*) FROM credits WHERE state = 'failed' AND id > {} \
                 AND COALESCE(failure_reason, '') <> '{OTHER_MODE}'",
                from.credit_id
            ))
            .await?,
        undecided: look.count(undecided).await?,
        jobs: look
            .count(&format!(
                "SELECT COUNT(*) FROM {jobs} WHERE status NOT IN ('Done', 'Failed', 'Killed')"
            ))
            .await?,
    })
}

#[cfg(test)]
mod tests;
