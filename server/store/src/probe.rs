//! The readiness check: writes to the database and reads it.

use crate::Timestamp;
use sea_orm::{DbErr, EntityTrait, Set};

use super::{Db, Pool, entities::write_probe};

/// The id of the only row, which the migration inserts.
const ROW: i64 = 1;
/// About as many bytes as a registration adds to SQLite's log, because a full disk may still accept
/// less. PostgreSQL reserves the space for its log, so it needs no payload.
const PAYLOAD: usize = 64 * 1024;

impl Db {
    /// Writes a row, commits it and reads it.
    ///
    /// # Errors
    /// Fails if one of these steps fails.
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
