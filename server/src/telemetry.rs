//! Logging: one line for each event that matters, and never a secret.

use std::{env, io};

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Libraries log only warnings and errors. tower-sessions would open a span for every request,
/// which says nothing and costs a fiftieth of a page.
const QUIET: [&str; 4] = ["sqlx", "sea_orm", "apalis", "tower_sessions"];

/// Starts logging to standard error; `RUST_LOG` chooses what, by names and levels: `info,sqlx=debug`.
/// A filter that can also choose by spans would look at a request's whenever it goes on.
pub fn start() {
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_target(false)
        // Such errors are written to standard error, and if that write fails too, the process ends.
        // A process whose log is on a full disk must continue.
        .log_internal_errors(false);
    let asked = env::var("RUST_LOG").ok();
    let filter = asked.and_then(|asked| asked.parse().ok());
    tracing_subscriber::registry()
        .with(lines)
        .with(filter.unwrap_or_else(quiet))
        .init();
}

fn quiet() -> Targets {
    Targets::new()
        .with_default(LevelFilter::INFO)
        .with_targets(QUIET.map(|library| (library, LevelFilter::WARN)))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn libraries_log_only_what_is_wrong() {
        let filter = quiet();
        assert!(filter.would_enable("web::router", &Level::INFO));
        assert!(!filter.would_enable("web::router", &Level::DEBUG));
        assert!(filter.would_enable("sqlx::query", &Level::WARN));
        assert!(!filter.would_enable("sqlx::query", &Level::INFO));
        assert!(!filter.would_enable("tower_sessions_core::session", &Level::INFO));
    }
}
