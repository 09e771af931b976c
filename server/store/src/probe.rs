//! Whether the database can be read and written.

use crate::Timestamp;
use sea_orm::{DbErr, EntityTrait, Set};

use super::{Db, Pool, entities::write_probe};

/// The id of the row; the migration makes it.
const ROW: i64 = 1;
/// About what a registration writes to SQLite's log, in bytes: a full disk may still take less.
/// PostgreSQL sets its log's room aside.
const PAYLOAD: usize = 64 * 1024;

impl Db {
    /// Writes a row, commits it and reads it.
    ///
    /// # Errors
    /// If one of these fails.
    pub async fn write_and_read(&self, now: Timestamp) -> Result<(), DbErr> {
        let payload = match self.pool() {
            Pool::Sqlite(_) => vec![0; PAYLOAD],
            Pool::Postgres(_) => Vec::new(),
        };
        let row = write_probe::ActiveModel {
            id: Set(ROW),
            written_at: Set(now),
            payload: Set(payload),
        };
        let tx = self.begin().await?;
        write_probe::Entity::update(row)
            .exec_without_returning(&tx)
            .await?;
        tx.commit().await?;
        let found = write_probe::Entity::find_by_id(ROW)
            .one(self.reader())
            .await?;
        found
            .map(|_| ())
            .ok_or_else(|| DbErr::RecordNotFound("write_probe".to_owned()))
    }
}
