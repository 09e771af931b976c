//! Logging: one line for each event that matters, and never a secret.

use tracing_subscriber::EnvFilter;

/// Libraries log only warnings and errors. tower-sessions would open a span for every request,
/// which says nothing and costs a fiftieth of a page.
const QUIET: &str = "info,sqlx=warn,sea_orm=warn,apalis=warn,tower_sessions=warn";

/// Starts logging to standard error; `RUST_LOG` chooses what.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(QUIET));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        // Such errors are written to standard error, and if that write fails too, the process ends.
        // A process whose log is on a full disk must continue.
        .log_internal_errors(false)
        .init();
}
