//! The queue, apalis on either database. A job only says what to look at; the row that it names is the
//! truth, so a job that is lost, late or doubled changes nothing.

mod job;
mod parting;
mod tables;

use std::sync::Arc;
use store::Timestamp;

use apalis::prelude::{TaskBuilder, TaskSink};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};
use store::{Db, Pool};
use time::Duration;
use tokio::sync::watch;
use ulid::Ulid;

pub use job::Job;
pub(crate) use parting::Parting;
pub use tables::{setup, steps};

/// What the queue's tables call it.
const NAME: &str = "pewpros";

/// How often a worker says that it lives. apalis's poll strategies now and then lose their waker
/// under load, and only the heartbeat wakes such a worker: with the default of 30 s a retry was seen
/// to wait that long.
const HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(1);

/// Heartbeats after which a worker counts as dead and its jobs are another's.
const MISSED: usize = 60;

/// A job for its one attempt, unless one with its key is there.
const ON_SQLITE: &str = "INSERT INTO Jobs (id, job_type, job, idempotency_key, status, attempts, \
    max_attempts, run_at, priority, metadata) \
    VALUES ($1, $2, $3, $4, 'Pending', 0, 1, strftime('%s', 'now'), 0, '{}') \
    ON CONFLICT (job_type, idempotency_key) DO NOTHING";
const ON_POSTGRES: &str = "INSERT INTO apalis.jobs (id, job_type, job, idempotency_key, status, \
    attempts, max_attempts, run_at, priority, metadata) \
    VALUES ($1, $2, $3, $4, 'Pending', 0, 1, now(), 0, '') \
    ON CONFLICT (job_type, idempotency_key) DO NOTHING";

/// Where jobs wait. Cheap to clone.
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
    /// The queue in `db`.
    pub fn new(db: &Db) -> Self {
        let storage = match db.queue_pool() {
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

    /// Writes a job in `tx`, to be done as soon as that is committed and [`Self::announce`]d: of a
    /// transaction and a push after it, each waits for the disk. What is written is what apalis would
    /// write (1.0.0, `queries/task/sink.sql`), which takes no transaction of sea-orm's.
    ///
    /// # Errors
    /// If the database fails.
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

    /// A job may have been enqueued, and its transaction is committed: workers of this process need
    /// not wait until they ask again.
    pub fn announce(&self) {
        self.pushed.send(()).ok();
    }

    /// Pushes a job, to be done after `wait`, once for each `round`. A push that fails is only
    /// logged: the job's row says what is to be done, and the sweep finds it.
    pub async fn push_after(&self, job: Job, wait: Duration, round: Timestamp) {
        let key = format!("{}:{}", job.key(), round.millis());
        // The queue counts whole seconds and cuts the rest off; its row counts milliseconds.
        self.push_task(job, &key, wait + Duration::SECOND).await;
    }

    /// Pushes a job that was pushed before and got lost, once for each `round`.
    pub async fn push_again(&self, job: Job, round: Timestamp) {
        let key = format!("{}:sweep:{}", job.key(), round.millis());
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

    /// Seconds since `worker` last said that it lives; `None` if it never did.
    ///
    /// # Errors
    /// If the database fails.
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
            Ok(()) => self.announce(),
            Err(error) => tracing::warn!(key, error, "a job could not be pushed; the sweep will"),
        }
    }
}
