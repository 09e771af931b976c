//! The product's clock in a test: it runs, and can be turned and stopped.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicI64, Ordering},
};

use server_core::clock::Clock;
use store::Timestamp;
use time::{Duration, OffsetDateTime};

/// Cheap to clone; all clones are the same clock.
#[derive(Clone, Default)]
pub struct TestClock {
    turned_ms: Arc<AtomicI64>,
    stopped_at: Arc<OnceLock<OffsetDateTime>>,
}

impl TestClock {
    /// The clock that the product reads.
    pub fn reading(&self) -> Clock {
        let (clock, system) = (self.clone(), Clock::system());
        Clock::from_fn(move || {
            let stopped_at = clock.stopped_at.get().copied();
            let untouched = stopped_at.unwrap_or_else(|| system.now());
            untouched + Duration::milliseconds(clock.turned_ms.load(Ordering::SeqCst))
        })
    }

    /// Turns the clock by this many milliseconds, even if it is stopped.
    pub fn turn(&self, by_ms: i64) {
        self.turned_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    /// From now on, only [`Self::turn`] moves the clock.
    pub fn stop(&self) {
        let now = Clock::system().now();
        self.stopped_at.get_or_init(|| now);
    }
}

/// The end of what lasts for longer than any test.
pub fn never() -> Timestamp {
    moment(253_402_300_799_000)
}

/// The moment so many milliseconds after the beginning of 1970, UTC.
pub fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("a calendar has it")
}
