//! A subscription is paid: decide about the partner's credit, and issue it at once.

use crate::{services::credits, state::AppState};

pub async fn perform(state: &AppState, purchase_id: i64) -> anyhow::Result<()> {
    match credits::decide_platform(state, purchase_id).await? {
        Some(credit_id) => super::issue_credit::perform(state, credit_id).await,
        None => Ok(()),
    }
}
