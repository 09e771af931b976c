//! Runs migrations: all or none of them, and one process at a time.

use std::collections::HashSet;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::{Db, Pool};

/// On PostgreSQL, makes concurrent migrations wait for each other until the transaction ends. On
/// SQLite an `IMMEDIATE` transaction is already exclusive. The number is arbitrary and not used for
/// another lock.
pub const TAKE_TURNS: &str = "SELECT pg_advisory_xact_lock(8099000000000001)";

/// The tables in which sea-orm and the queue record their applied migrations.
const OURS: &str = "seaql_migrations";
const QUEUE_ON_SQLITE: &str = "_sqlx_migrations";
const QUEUE_ON_POSTGRES: &str = "apalis._sqlx_migrations";

impl Db {
    /// Applies the missing migrations. Several processes may call this at once. A process that is
    /// killed half-way leaves nothing behind.
    ///
    /// # Errors
    /// Fails if a migration fails; the database is then unchanged.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        let tx = self.begin().await?;
        if let Pool::Postgres(_) = self.pool() {
            tx.execute_unprepared(TAKE_TURNS).await?;
        }
        Migrator::up(&tx, None).await?;
        tx.commit().await
    }

    /// Whether every migration that this program knows is applied, including those of the queue
    /// (`of_queue`). Only reads. A newer program may have applied more of them, for instance while
    /// processes are replaced one by one.
    pub async fn is_migrated(&self, of_queue: &[i64]) -> Result<bool, DbErr> {
        let queue = match self.pool() {
            Pool::Sqlite(_) => QUEUE_ON_SQLITE,
            Pool::Postgres(_) => QUEUE_ON_POSTGRES,
        };
        let (Some(ours), Some(queue)) = (self.taken(OURS).await?, self.taken(queue).await?) else {
            return Ok(false);
        };
        let ours = Migrator::migrations()
            .iter()
            .all(|step| ours.contains(step.name()));
        Ok(ours
            && of_queue
                .iter()
                .all(|step| queue.contains(&step.to_string())))
    }

    /// Whether one of our own migrations is applied.
    pub(super) async fn has_taken(&self, step: &str) -> Result<bool, DbErr> {
        let taken = self.taken(OURS).await?;
        Ok(taken.is_some_and(|taken| taken.contains(step)))
    }

    /// The names of the migrations recorded in `table`; `None` if the table does not exist.
    async fn taken(&self, table: &str) -> Result<Option<HashSet<String>>, DbErr> {
        let db = self.reader();
        let backend = db.get_database_backend();
        let exists = match self.pool() {
            Pool::Sqlite(_) => "SELECT count(*) > 0 FROM sqlite_schema WHERE name = $1",
            Pool::Postgres(_) => "SELECT to_regclass($1) IS NOT NULL",
        };
        let exists = Statement::from_sql_and_values(backend, exists, [table.into()]);
        let exists = db.query_one_raw(exists).await?;
        if !exists.is_some_and(|row| row.try_get_by_index(0) == Ok(true)) {
            return Ok(None);
        }
        let names = format!("SELECT CAST(version AS text) FROM {table}");
        let rows = db
            .query_all_raw(Statement::from_string(backend, names))
            .await?;
        let names = rows.iter().map(|row| row.try_get_by_index(0));
        names.collect::<Result<_, DbErr>>().map(Some)
    }
}
