//! What governor remembers of each key, and by which clock.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use store::Timestamp;

use governor::{
    clock,
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};
use server_core::clock::Clock;

/// Our clock, as governor reads it.
#[derive(Clone)]
pub struct Ticks(pub Clock);

impl clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(
            Timestamp::from(self.0.now())
                .millis()
                .try_into()
                .unwrap_or_default(),
        )
    }
}

/// governor's memory of each key, which unlike its own can forget one.
#[derive(Clone)]
pub struct Attempts<K>(Arc<Mutex<HashMap<K, Nanos>>>);

impl<K> Default for Attempts<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Hash + Eq> Attempts<K> {
    /// As if it had never tried.
    pub fn forget(&self, key: &K) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }

    /// As if it had tried once less, where each try takes up `pause`.
    pub fn take_back(&self, key: &K, pause: Duration) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(next) = attempts.get_mut(key) {
            *next = next.saturating_sub(pause.into());
        }
    }
}

impl<K: Hash + Eq + Clone> StateStore for Attempts<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (outcome, next) = f(attempts.get(key).copied())?;
        attempts.insert(key.clone(), next);
        Ok(outcome)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Attempts<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut attempts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.retain(|_, next| *next > drop_below);
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
