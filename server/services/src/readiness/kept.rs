//! What is kept of the last check, and of this process's worker.

use std::sync::{Arc, Mutex, PoisonError};

/// A worker says each second that it lives; after so many of silence it does not.
pub(super) const SILENCE_SECONDS: i64 = 30;

/// What was found the last time. Cheap to clone.
#[derive(Clone, Default)]
pub struct Readiness(pub(super) Arc<Shared>);

#[derive(Default)]
pub(super) struct Shared {
    /// One asks, the others wait for what it finds.
    pub last: tokio::sync::Mutex<Option<Found>>,
    pub worker: Mutex<Option<Worker>>,
}

#[derive(Clone)]
pub(super) struct Found {
    pub at_ms: i64,
    /// [`store::Db::given_up`] before anything was asked.
    pub given_up: u64,
    pub reasons: Vec<String>,
}

#[derive(Clone)]
pub(super) struct Worker {
    pub name: String,
    began_ms: i64,
    /// When it began, or the first of those before it that each died within [`SILENCE_SECONDS`].
    pub silent_since_ms: i64,
}

impl Readiness {
    /// This process runs a worker of this name, from now on.
    pub fn worker_began(&self, name: &str, now_ms: i64) {
        let mut worker = self.0.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let short_lived = |before: &&Worker| now_ms - before.began_ms < SILENCE_SECONDS * 1000;
        let before = worker.as_ref().filter(short_lived);
        let silent_since_ms = before.map_or(now_ms, |before| before.silent_since_ms);
        *worker = Some(Worker {
            name: name.to_owned(),
            began_ms: now_ms,
            silent_since_ms,
        });
    }
}
