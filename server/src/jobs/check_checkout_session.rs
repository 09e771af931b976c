//! Asks Stripe what became of a Checkout session that no event told of.

use crate::{services::checkout::retrieve, state::AppState};

pub async fn perform(state: &AppState, id: i64) -> anyhow::Result<()> {
    retrieve::check(state, id).await
}
