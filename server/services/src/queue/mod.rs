//! The job queue: apalis on SQLite or PostgreSQL. A job only names a row, and the row is the truth,
//! so a job that is lost, late or duplicated changes nothing.

mod draining;
mod follow_ups;
mod job;
mod tables;

use std::sync::Arc;

use apalis::prelude::{TaskBuilder, TaskSink};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};
use store::{Db, Pool, Timestamp};
use time::Duration;
use tokio::sync::watch;
use ulid::Ulid;

pub(crate) use draining::Draining;
pub use follow_ups::FollowUps;
pub use job::Job;
pub use tables::{setup, steps};

/// The name of the queue in its tables.
const NAME: &str = "pewpros";

/// How often a worker sends a heartbeat. Under load, apalis's poll strategies sometimes lose their
/// waker, and only the heartbeat wakes such a worker: with the default of 30 s, a retry was seen to
/// wait that long.
const HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(1);

/// After this many missed heartbeats a worker counts as dead, and other workers take its jobs.
const MISSED: usize = 60;

/// Whether a job that begins is written down as `Running`. A worker that fetches a job has its name on
/// it, as `Queued`: no other one takes it, and both states are taken over alike once the worker is dead.
/// The mark would cost a write for each job, and nobody reads it.
const MARK_RUNNING: bool = false;

/// Inserts a job with one attempt, unless a job with the same key exists.
const ON_SQLITE: &str = "INSERT INTO Jobs (id, job_type, job, idempotency_key, status, attempts, \
    max_attempts, run_at, priority, metadata) \
    VALUES ($1, $2, $3, $4, 'Pending', 0, 1, strftime('%s', 'now'), 0, '{}') \
    ON CONFLICT (job_type, idempotency_key) DO NOTHING";
const ON_POSTGRES: &str = "INSERT INTO apalis.jobs (id, job_type, job, idempotency_key, status, \
    attempts, max_attempts, run_at, priority, metadata) \
    VALUES ($1, $2, $3, $4, 'Pending', 0, 1, now(), 0, '') \
    ON CONFLICT (job_type, idempotency_key) DO NOTHING";

/// A handle to the queue's tables. Cheap to clone.
#[derive(Clone)]
pub struct Queue {
    pub(crate) storage: Storage,
    pub(crate) pushed: Arc<watch::Sender<()>>,
}

#[derive(Clone)]
pub(crate) enum Storage {
    Sqlite(SqliteStorage<Job>),
    Postgres(PostgresStorage<Job>),
}

impl Queue {
    pub fn new(db: &Db) -> Self {
        let storage = match db.queue_pool() {
            Pool::Sqlite(pool) => {
                let config = apalis_sqlite::Config::default()
                    .queue(NAME)
                    .heartbeat_interval(HEARTBEAT)
                    .missed_heartbeats(MISSED)
                    .lock_tasks(MARK_RUNNING);
                Storage::Sqlite(SqliteStorage::new(pool).with_config(config))
            }
            Pool::Postgres(pool) => {
                let config = apalis_postgres::Config::default()
                    .queue(NAME)
                    .heartbeat_interval(HEARTBEAT)
                    .missed_heartbeats(MISSED)
                    .lock_tasks(MARK_RUNNING);
                Storage::Postgres(PostgresStorage::new(pool).with_config(config))
            }
        };
        Self {
            storage,
            pushed: Arc::new(watch::Sender::new(())),
        }
    }

    /// Inserts the job in the caller's transaction: one fsync instead of two, and no job is lost.
    /// Call [`Self::wake_workers`] after the commit. The statement is the one of apalis 1.0.0
    /// (`queries/task/sink.sql`), because apalis does not accept a transaction of sea-orm.
    pub async fn enqueue(&self, tx: &DatabaseTransaction, job: &Job) -> anyhow::Result<()> {
        let values: [sea_orm::Value; 4] = [
            Ulid::generate().to_string().into(),
            NAME.into(),
            serde_json::to_vec(job)?.into(),
            job.key().into(),
        ];
        let sql = match &self.storage {
            Storage::Sqlite(_) => ON_SQLITE,
            Storage::Postgres(_) => ON_POSTGRES,
        };
        let backend = tx.get_database_backend();
        let insert = Statement::from_sql_and_values(backend, sql, values);
        tx.execute_raw(insert).await?;
        Ok(())
    }

    /// Wakes the workers of this process. Call it after the commit of a transaction that may have
    /// enqueued a job: otherwise the job waits for the next poll.
    pub fn wake_workers(&self) {
        self.pushed.send(()).ok();
    }

    /// Enqueues a job to run after `wait`, once for each `round`. A failure is only logged: the
    /// job's row says what is due, and the sweep finds it.
    pub async fn enqueue_in(&self, job: Job, wait: Duration, round: Timestamp) {
        let key = format!("{}:{}", job.key(), round.millis());
        // The queue truncates to whole seconds, but the row counts milliseconds: without the extra
        // second the job could run too early.
        self.push_task(job, &key, wait + Duration::SECOND).await;
    }

    /// Enqueues a job again whose first copy may be lost, once for each `round`.
    pub async fn requeue(&self, job: Job, round: Timestamp) {
        let key = format!("{}:sweep:{}", job.key(), round.millis());
        self.push_task(job, &key, Duration::ZERO).await;
    }

    /// Deletes finished jobs that were due more than `kept` ago. The rows that they named keep the
    /// results.
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

    /// Seconds since the last heartbeat of `worker`; `None` if it never sent one.
    pub async fn seconds_since_heartbeat(&self, worker: &str) -> Result<Option<i64>, sqlx::Error> {
        match &self.storage {
            Storage::Sqlite(storage) => {
                let seconds = sqlx::query_scalar(
                    "SELECT CAST(strftime('%s', 'now') AS integer) - last_seen FROM Workers \
                     WHERE id = ?1",
                );
                seconds.bind(worker).fetch_optional(storage.pool()).await
            }
            Storage::Postgres(storage) => {
                let seconds = sqlx::query_scalar(
                    "SELECT CAST(extract(epoch FROM now() - last_seen) AS bigint) \
                     FROM apalis.workers WHERE id = $1",
                );
                seconds.bind(worker).fetch_optional(storage.pool()).await
            }
        }
    }

    async fn push_task(&self, job: Job, key: &str, wait: Duration) {
        let task = TaskBuilder::new(job)
            .idempotency_key(key)
            // The row decides about retries, not the queue.
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
            Ok(()) => self.wake_workers(),
            Err(error) => {
                tracing::warn!(
                    key,
                    error,
                    "a job could not be enqueued; the sweep will enqueue it"
                );
            }
        }
    }
}
