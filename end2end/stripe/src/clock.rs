//! The stand-in's own time: the machine's, moved on by tests.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970, UTC, by the machine.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the stand-in's clock gets its time"
)]
pub fn machine_now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A clock that can be moved on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    ahead: i64,
}

impl Clock {
    /// Seconds since 1970, UTC.
    pub fn now(self) -> i64 {
        machine_now() + self.ahead
    }

    pub fn advance(&mut self, seconds: i64) {
        self.ahead += seconds;
    }
}
