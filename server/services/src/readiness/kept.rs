//! What is kept of the last check, and of this process's worker.

use std::sync::{Arc, Mutex, PoisonError};
use store::Timestamp;
use time::Duration;

/// A worker says each second that it lives; after so long a silence it does not.
pub(super) const SILENCE: Duration = Duration::seconds(30);

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
    pub at: Timestamp,
    /// [`store::Db::given_up`] before anything was asked.
    pub given_up: u64,
    pub reasons: Vec<String>,
}

#[derive(Clone)]
pub(super) struct Worker {
    pub name: String,
    began_at: Timestamp,
    /// When it began, or the first of those before it that each died within [`SILENCE`].
    pub silent_since: Timestamp,
}

impl Readiness {
    /// This process runs a worker of this name, from now on.
    pub fn worker_began(&self, name: &str, now: Timestamp) {
        let mut worker = self.0.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let short_lived = |before: &&Worker| now - before.began_at < SILENCE;
        let before = worker.as_ref().filter(short_lived);
        let silent_since = before.map_or(now, |before| before.silent_since);
        *worker = Some(Worker {
            name: name.to_owned(),
            began_at: now,
            silent_since,
        });
    }
}
