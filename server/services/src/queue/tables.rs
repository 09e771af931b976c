//! Creates and updates the queue's own tables.

use anyhow::Context;
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use store::{Db, Pool, migrating::TAKE_TURNS};

/// Tells SQLite's planner that one worker's name matches 100,000 of 1,000,000 jobs. Without these
/// statistics, each time a worker reports finished jobs, SQLite scans all jobs that this worker
/// ever took. With them, it looks up the named jobs. (SQLite, "Manual Control Of Query Plans Using
/// SQLITE_STAT Tables".)
const MANY_ENDED: &str = "ANALYZE sqlite_schema; \
    DELETE FROM sqlite_stat1 WHERE tbl = 'Jobs'; \
    INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('Jobs', 'LIdx', '1000000 100000'); \
    ANALYZE sqlite_schema";

/// Indexes for two queries that run every second and every minute: the few running jobs of a dead
/// worker, and the jobs that ended long ago. Without them PostgreSQL scans all jobs that the dead
/// worker ever ran, or the whole table.
const FEW_OF_MANY: &str = "CREATE INDEX IF NOT EXISTS pewpros_jobs_under_way ON apalis.jobs (lock_by) \
    WHERE status = 'Running' OR status = 'Queued'; \
    CREATE INDEX IF NOT EXISTS pewpros_jobs_ended ON apalis.jobs (run_at) \
    WHERE status IN ('Done', 'Failed', 'Killed')";

/// Takes away apalis's trigger that notifies each inserted job. Nobody listens: workers are woken in their
/// process, and poll. PostgreSQL commits the transactions that notify one after the other, from before
/// their log is on disk until after it, so that all webhooks waited for each other.
/// Only where there is one: dropping locks the table, and most starts have nothing to drop.
const NOTIFY_NOBODY: &str = "DO $$ BEGIN \
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'apalis.jobs'::regclass \
        AND tgname = 'notify_workers') \
    THEN DROP TRIGGER notify_workers ON apalis.jobs; END IF; END $$";

/// Creates the tables or brings them up to date, in one transaction and in one process at a time.
/// It must be one transaction, because a worker that queries an intermediate state of the tables
/// keeps a plan that PostgreSQL refuses from then on.
///
/// # Errors
/// If the database fails. Then nothing is changed.
pub async fn setup(db: &Db) -> anyhow::Result<()> {
    const WHAT: &str = "queue tables";
    match db.pool() {
        // apalis's own `setup` would switch off `synchronous` on a pooled connection.
        Pool::Sqlite(pool) => {
            let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
            let steps = SqliteStorage::migrations();
            steps.run(&mut *tx).await.context(WHAT)?;
            sqlx::raw_sql(MANY_ENDED).execute(&mut *tx).await?;
            tx.commit().await?;
        }
        Pool::Postgres(pool) => {
            let mut tx = pool.begin().await?;
            sqlx::query(TAKE_TURNS).execute(&mut *tx).await?;
            let mut steps = PostgresStorage::migrations();
            // sqlx would release its own lock before our commit, so `TAKE_TURNS` replaces it.
            steps.set_locking(false);
            steps.run(&mut *tx).await.context(WHAT)?;
            // First, because it locks the table more than what follows: a lock that grew could deadlock
            // with a worker of a process that is running.
            sqlx::raw_sql(NOTIFY_NOBODY).execute(&mut *tx).await?;
            sqlx::raw_sql(FEW_OF_MANY).execute(&mut *tx).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// The version numbers of the migrations that create the queue's tables.
pub fn steps(db: &Db) -> Vec<i64> {
    let steps = match db.pool() {
        Pool::Sqlite(_) => SqliteStorage::migrations(),
        Pool::Postgres(_) => PostgresStorage::migrations(),
    };
    let up = steps
        .iter()
        .filter(|step| !step.migration_type.is_down_migration());
    up.map(|step| step.version).collect()
}
