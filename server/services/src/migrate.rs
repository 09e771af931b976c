//! Brings a database up to date.

use anyhow::Context;
use sea_orm::DbErr;
use store::Db;

use crate::queue;

/// Why a process does not start or is not ready.
pub const NOT_MIGRATED: &str = "the database is not up to date: run `server migrate`, or start with \
    `serve --migrate`";
/// Runs the database's migrations, then those of the queue's tables. Several processes may call
/// this at the same time.
///
/// # Errors
/// If one of the two fails. The failed one changes nothing.
pub async fn migrate(db: &Db) -> anyhow::Result<()> {
    db.migrate().await.context("a migration failed")?;
    queue::setup(db)
        .await
        .context("the queue's tables cannot be created")
}

/// Whether all migrations have run. Changes nothing.
pub async fn is_migrated(db: &Db) -> Result<bool, DbErr> {
    db.is_migrated(&queue::steps(db)).await
}
