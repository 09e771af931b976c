//! The steps that make a database ready.

use anyhow::Context;
use sea_orm::DbErr;
use store::Db;

use crate::queue;

/// Why a process does not start, or is not ready.
pub const NOT_MIGRATED: &str = "the database is not up to date: run `server migrate`, or start with \
    `serve --migrate`";
/// Brings the database's shape up to date, then the queue's tables; any number of processes may
/// do it at once.
///
/// # Errors
/// If one of the two fails; it changes nothing then.
pub async fn migrate(db: &Db) -> anyhow::Result<()> {
    db.migrate().await.context("a migration failed")?;
    queue::setup(db)
        .await
        .context("the queue's tables cannot be made")
}

/// Whether all of that is done; changes nothing.
///
/// # Errors
/// If the database fails.
pub async fn is_migrated(db: &Db) -> Result<bool, DbErr> {
    db.is_migrated(&queue::steps(db)).await
}
