//! The product's clock in a test: it runs, and can be turned and stopped.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicI64, Ordering},
};

use server_core::clock::{Clock, from_ms};

/// Cheap to clone; all clones are the same clock.
#[derive(Clone, Default)]
pub struct TestClock {
    turned_ms: Arc<AtomicI64>,
    stopped_at_ms: Arc<OnceLock<i64>>,
}

impl TestClock {
    /// The clock that the product reads.
    pub fn reading(&self) -> Clock {
        let (clock, system) = (self.clone(), Clock::system());
        Clock::from_fn(move || {
            let stopped_at_ms = clock.stopped_at_ms.get().copied();
            let untouched_ms = stopped_at_ms.unwrap_or_else(|| system.now_ms());
            from_ms(untouched_ms + clock.turned_ms.load(Ordering::SeqCst))
        })
    }

    /// Turns the clock by this many milliseconds, even if it is stopped.
    pub fn turn(&self, by_ms: i64) {
        self.turned_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    /// From now on, only [`Self::turn`] moves the clock.
    pub fn stop(&self) {
        let now = Clock::system().now_ms();
        self.stopped_at_ms.get_or_init(|| now);
    }
}
