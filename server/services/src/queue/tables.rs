//! The queue's own tables.

use anyhow::Context;
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use store::{Db, Pool, migrating::TAKE_TURNS};

/// Tells SQLite's planner that a worker's name finds a tenth of a million jobs. Without it, each time
/// that a worker says which jobs it ended, SQLite goes over all that this worker ever took; with it,
/// it looks up those that are named. (SQLite, "Manual Control Of Query Plans Using SQLITE_STAT
/// Tables".)
const MANY_ENDED: &str = "ANALYZE sqlite_schema; \
    DELETE FROM sqlite_stat1 WHERE tbl = 'Jobs'; \
    INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('Jobs', 'LIdx', '1000000 100000'); \
    ANALYZE sqlite_schema";

/// What apalis and we ask for every second and every minute: the few jobs that a dead worker had
/// under way, and those that ended long ago. Without these PostgreSQL goes over all that the dead
/// ever did, or over the whole table.
const FEW_OF_MANY: &str = "CREATE INDEX IF NOT EXISTS pewpros_jobs_under_way ON apalis.jobs (lock_by) \
    WHERE status = 'Running' OR status = 'Queued'; \
    CREATE INDEX IF NOT EXISTS pewpros_jobs_ended ON apalis.jobs (run_at) \
    WHERE status IN ('Done', 'Failed', 'Killed')";

/// Makes them, or brings them up to date: as a whole, because a worker that asked one of apalis's
/// shapes in between keeps a plan that PostgreSQL refuses from then on; and one process at a time.
///
/// # Errors
/// If the database refuses; nothing is changed then.
pub async fn setup(db: &Db) -> anyhow::Result<()> {
    const WHAT: &str = "queue tables";
    match db.pool() {
        // Not apalis's own `setup`: it would switch off `synchronous` on a pooled connection.
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
            // sqlx gives its own lock back before our commit.
            steps.set_locking(false);
            steps.run(&mut *tx).await.context(WHAT)?;
            sqlx::raw_sql(FEW_OF_MANY).execute(&mut *tx).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// The steps that make the queue's tables, by their numbers.
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
