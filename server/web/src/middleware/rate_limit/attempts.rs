//! The memory and the clock of governor's rate limiters.

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

/// Our clock in the form that governor reads.
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

/// governor's memory of each key.
#[derive(Clone)]
pub struct Attempts<K>(Arc<Mutex<HashMap<K, Nanos>>>);

impl<K> Default for Attempts<K> {
    fn default() -> Self {
        Self(Arc::default())
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
