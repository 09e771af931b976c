//! Stores the result of the last readiness check, and which worker this process runs.

use std::sync::{Arc, Mutex, PoisonError};
use store::Timestamp;
use time::Duration;

/// A worker sends a heartbeat each second. After this long without one it counts as dead.
pub(super) const SILENCE: Duration = Duration::seconds(30);

/// The result of the last check, shared by all requests. Cheap to clone.
#[derive(Clone, Default)]
pub struct Readiness(pub(super) Arc<Shared>);

#[derive(Default)]
pub(super) struct Shared {
    /// The lock is held during a check, so that one request checks and the others wait for its
    /// result.
    pub last: tokio::sync::Mutex<Option<Found>>,
    pub worker: Mutex<Option<Worker>>,
}

#[derive(Clone)]
pub(super) struct Found {
    pub at: Timestamp,
    /// [`store::Db::given_up`] before the check.
    pub given_up: u64,
    pub reasons: Vec<String>,
}

#[derive(Clone)]
pub(super) struct Worker {
    pub name: String,
    began_at: Timestamp,
    /// When the worker started, or, if earlier workers each died within [`SILENCE`], when the first
    /// of them started.
    pub silent_since: Timestamp,
}

impl Readiness {
    /// Records that this process runs a worker of this name from now on.
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
