//! Logs: one line for each thing worth knowing, never a secret.

use tracing_subscriber::EnvFilter;

/// Of libraries only what is wrong. Sessions would open a span for every request, which says nothing
/// and costs a fiftieth of a page.
const QUIET: &str = "info,sqlx=warn,sea_orm=warn,apalis=warn,tower_sessions=warn";

/// Starts logging to standard error; `RUST_LOG` chooses what.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(QUIET));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        // It would be said on standard error, where a failure to write ends the process: one whose
        // log is on the disk that is full must go on.
        .log_internal_errors(false)
        .init();
}
