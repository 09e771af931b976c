//! The stand-in's clock: the machine's time plus what tests have added.

use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's time, in seconds since 1970, UTC.
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

/// A clock that tests can move forward.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    ahead: i64,
}

impl Clock {
    /// Seconds since 1970, UTC.
    pub fn now(self) -> i64 {
        machine_now() + self.ahead
    }

    /// The clock after it was moved by this many seconds.
    pub fn moved(self, seconds: i64) -> Self {
        Self {
            ahead: self.ahead + seconds,
        }
    }

    /// Makes it `seconds` since 1970, UTC; never earlier than it is.
    pub fn advance_to(&mut self, seconds: i64) {
        self.ahead = self.ahead.max(seconds - machine_now());
    }
}
