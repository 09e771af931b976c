//! Writes the clicks on referral links that a process counted (`docs/rules.md` 197).

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use web::state::AppState;

/// How long clicks wait: as much is lost if the process is killed.
const EVERY: Duration = Duration::from_secs(60);

/// Writes them each minute until the process stops.
pub async fn keep_written(state: AppState, stopping: CancellationToken) {
    loop {
        tokio::select! {
            () = sleep(EVERY) => write(&state).await,
            () = stopping.cancelled() => return,
        }
    }
}

/// A failure is only logged: what is not written waits for the next time.
pub async fn write(state: &AppState) {
    if let Err(error) = state.referral_clicks.flush(state).await {
        tracing::warn!("clicks on referral links were not written: {error:#}");
    }
}
