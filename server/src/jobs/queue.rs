//! Pushing jobs to apalis, on either database.

use std::sync::Arc;

use apalis::prelude::{TaskBuilder, TaskSink};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use time::Duration;
use tokio::sync::watch;

use super::Job;
use crate::db::{Db, Pool};

/// What the queue's tables call it.
const NAME: &str = "pewpros";

/// How often a worker says that it lives. apalis's poll strategies now and then lose their waker
/// under load, and only the heartbeat wakes such a worker: with the default of 30 s a retry was seen
/// to wait that long.
const HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(1);

/// Heartbeats after which a worker counts as dead and its jobs are another's.
const MISSED: usize = 60;

/// Where jobs wait. Cheap to clone.
#[derive(Clone)]
pub struct Queue {
    pub(super) storage: Storage,
    pub(super) pushed: Arc<watch::Sender<()>>,
}

#[derive(Clone)]
pub(super) enum Storage {
    Sqlite(SqliteStorage<Job>),
    Postgres(PostgresStorage<Job>),
}

impl Queue {
    /// The queue in `db`.
    pub fn new(db: &Db) -> Self {
        let storage = match db.pool() {
            Pool::Sqlite(pool) => {
                let config = apalis_sqlite::Config::default()
                    .queue(NAME)
                    .heartbeat_interval(HEARTBEAT)
                    .missed_heartbeats(MISSED);
                Storage::Sqlite(SqliteStorage::new(pool).with_config(config))
            }
            Pool::Postgres(pool) => {
                let config = apalis_postgres::Config::default()
                    .queue(NAME)
                    .heartbeat_interval(HEARTBEAT)
                    .missed_heartbeats(MISSED);
                Storage::Postgres(PostgresStorage::new(pool).with_config(config))
            }
        };
        Self {
            storage,
            pushed: Arc::new(watch::Sender::new(())),
        }
    }

    /// Pushes a job, to be done at once. A push that fails is only logged: the job's row says what
    /// is to be done, and the sweep finds it.
    pub async fn push(&self, job: Job) {
        let key = job.key();
        self.push_task(job, &key, Duration::ZERO).await;
    }

    /// Pushes a job, to be done after `wait`, once for each `round`.
    pub async fn push_after(&self, job: Job, wait: Duration, round: i64) {
        let key = format!("{}:{round}", job.key());
        // The queue counts whole seconds and cuts the rest off; its row counts milliseconds.
        self.push_task(job, &key, wait + Duration::SECOND).await;
    }

    /// Pushes a job that was pushed before and got lost, once for each `round`.
    pub async fn push_again(&self, job: Job, round: i64) {
        let key = format!("{}:sweep:{round}", job.key());
        self.push_task(job, &key, Duration::ZERO).await;
    }

    /// Forgets jobs that ended before the last `kept`; what they did is in the rows they named.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn forget_ended(&self, kept: Duration) -> anyhow::Result<()> {
        let kept_seconds = kept.whole_seconds();
        match &self.storage {
            Storage::Sqlite(storage) => {
                sqlx::query(
                    "DELETE FROM Jobs WHERE status IN ('Done', 'Failed', 'Killed') \
                     AND run_at <= strftime('%s', 'now') - ?1",
                )
                .bind(kept_seconds)
                .execute(storage.pool())
                .await?;
            }
            Storage::Postgres(storage) => {
                sqlx::query(
                    "DELETE FROM apalis.jobs WHERE status IN ('Done', 'Failed', 'Killed') \
                     AND run_at <= now() - make_interval(secs => $1::double precision)",
                )
                .bind(kept_seconds)
                .execute(storage.pool())
                .await?;
            }
        }
        Ok(())
    }

    async fn push_task(&self, job: Job, key: &str, wait: Duration) {
        let task = TaskBuilder::new(job)
            .idempotency_key(key)
            // The row decides whether to try again, never the queue.
            .max_attempts(1)
            .run_after(wait.unsigned_abs())
            .build();
        let pushed = match self.storage.clone() {
            Storage::Sqlite(mut storage) => storage
                .push_task(task)
                .await
                .map_err(|error| error.to_string()),
            Storage::Postgres(mut storage) => storage
                .push_task(task)
                .await
                .map_err(|error| error.to_string()),
        };
        match pushed {
            Ok(()) => {
                self.pushed.send(()).ok();
            }
            Err(error) => tracing::warn!(key, error, "a job could not be pushed; the sweep will"),
        }
    }
}
