//! Bringing the shape up to date: as a whole or not at all, and by one process at a time.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbErr};

use super::{Db, Pool};

/// Makes whoever changes the shape of a PostgreSQL database wait for their turn, until the
/// transaction ends. On SQLite a transaction that begins `IMMEDIATE` has the file to itself. The
/// number is anything that nobody else locks.
pub const TAKE_TURNS: &str = "SELECT pg_advisory_xact_lock(8099000000000001)";

impl Db {
    /// Takes the steps that are missing; several processes at once take them once. One that is
    /// killed meanwhile changes nothing.
    ///
    /// # Errors
    /// If a step fails; nothing is changed then.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        let tx = self.begin().await?;
        if let Pool::Postgres(_) = self.pool() {
            tx.execute_unprepared(TAKE_TURNS).await?;
        }
        Migrator::up(&tx, None).await?;
        tx.commit().await
    }
}
