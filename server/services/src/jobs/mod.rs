//! A credit is due: take it to Stripe; after a passing fault, come back later.

use super::Job;
use crate::{
    db::credits as rows,
    services::credits::{self, Issued},
    state::AppState,
};

pub async fn perform(state: &AppState, credit_id: i64) -> anyhow::Result<()> {
    if let Issued::Retry(wait) = credits::issue(state, credit_id).await?
        && let Some(credit) = rows::by_id(state.db.conn(), credit_id).await?
    {
        let again = Job::IssueCredit {
            credit_id,
            attempt: credit.attempts,
        };
        // After an admin's retry the attempts are counted anew.
        let round = credit.next_attempt_at;
        state.queue.push_after(again, wait, round).await;
    }
    Ok(())
}
